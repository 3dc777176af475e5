import { describe } from 'vitest';
import { OPERATIONS_INDEX } from '../../../../shared/formats/keras/layers/operations-index.ts';
import { agreesWithKeras } from './_more.ts';

describe('picking and making elements as Keras does', () => {
  agreesWithKeras(Object.keys(OPERATIONS_INDEX), 'operation');
});
