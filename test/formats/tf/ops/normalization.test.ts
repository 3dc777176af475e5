import { describe } from 'vitest';
import { NORMALIZATION } from '../../../../shared/formats/tf/ops/normalization.ts';
import { testTable } from './_cases.ts';

describe('normalization', () => {
  testTable(NORMALIZATION, ['nn']);
});
