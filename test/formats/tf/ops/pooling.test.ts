import { describe } from 'vitest';
import { POOLING } from '../../../../shared/formats/tf/ops/pooling.ts';
import { testTable } from './_cases.ts';

describe('pooling', () => {
  testTable(POOLING, ['nn']);
});
