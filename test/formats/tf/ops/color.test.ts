import { describe } from 'vitest';
import { COLOR } from '../../../../shared/formats/tf/ops/color.ts';
import { testTable } from './_cases.ts';

describe('color', () => {
  testTable(COLOR, ['image']);
});
