import { expect, it } from 'vitest';
import { convertFile } from '../../../shared/formats/keras/keras-file.ts';

it('a file that cannot be converted is closed', () => {
  let closed = 0;
  const file = {
    config: null,
    version: '3.1',
    weights: () => {
      throw new Error('never asked for');
    },
    files: [],
    [Symbol.dispose]: () => {
      closed++;
    },
  };
  expect(() => convertFile(file, { shown: 'm.keras' })).toThrow('no dictionary');
  expect(closed).toBe(1);
});
