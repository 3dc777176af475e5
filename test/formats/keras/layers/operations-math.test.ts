import { describe } from 'vitest';
import { OPERATIONS_MATH } from '../../../../shared/formats/keras/layers/operations-math.ts';
import { agreesWithKeras } from './_more.ts';

describe('operations on elements as Keras computes them', () => {
  agreesWithKeras(Object.keys(OPERATIONS_MATH), 'operation');
});
