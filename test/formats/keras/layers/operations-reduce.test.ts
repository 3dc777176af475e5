import { describe } from 'vitest';
import { OPERATIONS_REDUCE } from '../../../../shared/formats/keras/layers/operations-reduce.ts';
import { agreesWithKeras } from './_more.ts';

describe('reductions as Keras computes them', () => {
  agreesWithKeras(Object.keys(OPERATIONS_REDUCE), 'operation');
});
