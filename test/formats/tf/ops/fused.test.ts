import { describe } from 'vitest';
import { FUSED } from '../../../../shared/formats/tf/ops/fused.ts';
import { testTable } from './_cases.ts';

describe('fused', () => {
  testTable(FUSED, ['nn']);
});
