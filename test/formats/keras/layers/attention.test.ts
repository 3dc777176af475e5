import { describe } from 'vitest';
import { ATTENTION } from '../../../../shared/formats/keras/layers/attention.ts';
import { agreesWithKeras } from './_more.ts';

describe('attention as Keras computes it', () => {
  agreesWithKeras(Object.keys(ATTENTION), 'layer');
});
