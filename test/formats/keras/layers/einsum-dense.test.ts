import { describe } from 'vitest';
import { EINSUM_DENSE } from '../../../../shared/formats/keras/layers/einsum-dense.ts';
import { agreesWithKeras } from './_more.ts';

describe('EinsumDense as Keras computes it', () => {
  agreesWithKeras(Object.keys(EINSUM_DENSE), 'layer');
});
