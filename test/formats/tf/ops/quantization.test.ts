import { describe } from 'vitest';
import { QUANTIZATION } from '../../../../shared/formats/tf/ops/quantization.ts';
import { testTable } from './_cases.ts';

describe('quantization', () => {
  testTable(QUANTIZATION, ['image']);
});
