import { describe } from 'vitest';
import { ATTENTION_HEADS } from '../../../../shared/formats/keras/layers/attention-heads.ts';
import { agreesWithKeras } from './_more.ts';

describe('attention of several heads as Keras computes it', () => {
  agreesWithKeras(Object.keys(ATTENTION_HEADS), 'layer');
});
