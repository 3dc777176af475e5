import { describe } from 'vitest';
import { CONVOLUTION } from '../../../../shared/formats/tf/ops/convolution.ts';
import { testTable } from './_cases.ts';

describe('convolution', () => {
  testTable(CONVOLUTION, ['nn']);
});
