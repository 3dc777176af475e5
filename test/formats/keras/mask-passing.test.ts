import { expect, it } from 'vitest';
import { passesMask } from '../../../shared/formats/keras/mask-passing.ts';

it('layers that look at features keep the mask, those that change time lose it', () => {
  expect(['Dense', 'Dropout', 'LayerNormalization', 'TimeDistributed'].every(passesMask)).toBe(
    true,
  );
  expect(['Conv1D', 'Flatten', 'Reshape', 'MaxPooling1D', 'Embedding'].some(passesMask)).toBe(
    false,
  );
});
