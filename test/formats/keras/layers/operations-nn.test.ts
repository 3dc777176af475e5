import { describe } from 'vitest';
import { OPERATIONS_NN } from '../../../../shared/formats/keras/layers/operations-nn.ts';
import { agreesWithKeras } from './_more.ts';

describe('operations of networks as Keras computes them', () => {
  // Keras 3.15 exchanges two arguments of ConvTranspose: it cannot run its own operation.
  const classes = Object.keys(OPERATIONS_NN).filter((name) => name !== 'ConvTranspose');
  agreesWithKeras(classes, 'operation');
});
