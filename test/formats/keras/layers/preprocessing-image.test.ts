import { describe } from 'vitest';
import { PREPROCESSING_IMAGE } from '../../../../shared/formats/keras/layers/preprocessing-image.ts';
import { agreesWithKeras } from './_more.ts';

describe('preprocessing of images as Keras computes it', () => {
  agreesWithKeras(Object.keys(PREPROCESSING_IMAGE), 'layer');
});
