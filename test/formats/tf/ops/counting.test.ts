import { describe } from 'vitest';
import { COUNTING } from '../../../../shared/formats/tf/ops/counting.ts';
import { testTable } from './_cases.ts';

describe('counting', () => {
  testTable(COUNTING, ['image']);
});
