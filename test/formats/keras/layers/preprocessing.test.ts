import { describe } from 'vitest';
import { PREPROCESSING } from '../../../../shared/formats/keras/layers/preprocessing.ts';
import { agreesWithKeras } from './_more.ts';

describe('preprocessing of numbers as Keras computes it', () => {
  agreesWithKeras(Object.keys(PREPROCESSING), 'layer');
});
