import { describe } from 'vitest';
import { RECURRENT } from '../../../../shared/formats/tf/ops/recurrent.ts';
import { testTable } from './_cases.ts';

describe('recurrent', () => {
  testTable(RECURRENT, ['image']);
});
