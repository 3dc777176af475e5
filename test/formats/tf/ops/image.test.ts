import { describe } from 'vitest';
import { IMAGE } from '../../../../shared/formats/tf/ops/image.ts';
import { testTable } from './_cases.ts';

describe('image', () => {
  testTable(IMAGE, ['image']);
});
