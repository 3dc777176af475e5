import { describe } from 'vitest';
import { DETECTION } from '../../../../shared/formats/tf/ops/detection.ts';
import { testTable } from './_cases.ts';

describe('detection', () => {
  testTable(DETECTION, ['image']);
});
