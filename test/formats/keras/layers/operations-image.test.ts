import { describe } from 'vitest';
import { OPERATIONS_IMAGE } from '../../../../shared/formats/keras/layers/operations-image.ts';
import { agreesWithKeras } from './_more.ts';

describe('operations on images as Keras computes them', () => {
  agreesWithKeras(Object.keys(OPERATIONS_IMAGE), 'operation');
});
