import { describe } from 'vitest';
import { SPACE } from '../../../../shared/formats/tf/ops/space.ts';
import { testTable } from './_cases.ts';

describe('space', () => {
  testTable(SPACE, ['nn']);
});
