import { describe } from 'vitest';
import { OPERATIONS_SHAPE } from '../../../../shared/formats/keras/layers/operations-shape.ts';
import { agreesWithKeras } from './_more.ts';

describe('operations on shapes as Keras computes them', () => {
  agreesWithKeras(Object.keys(OPERATIONS_SHAPE), 'operation');
});
