/**
 * Options that tfjs-layers takes without a word and does not follow. With one of them it would compute
 * something else, and a right conversion would look wrong.
 *
 * Source: tfjs-layers/src/layers (4.22).
 */
import { UnsupportedError } from '../../../base/errors.ts';
import type { Json, JsonObject } from '../../../formats/keras/layer.ts';
import type { LayerConfig } from '../../../formats/keras/model-config.ts';

/** By class: values under which the option changes nothing. `undefined` (left out) never does. */
const HARMLESS: Readonly<Record<string, Readonly<Record<string, readonly Json[]>>>> = {
  ReLU: { negative_slope: [0], threshold: [0] },
  Conv1D: { groups: [1] },
  Conv2D: { groups: [1] },
  Conv3D: { groups: [1] },
  Conv2DTranspose: { output_padding: [], dilation_rate: [1] },
  Conv3DTranspose: { output_padding: [], dilation_rate: [1] },
  GlobalAveragePooling1D: { keepdims: [false] },
  GlobalAveragePooling2D: { keepdims: [false] },
  GlobalMaxPooling1D: { keepdims: [false] },
  GlobalMaxPooling2D: { keepdims: [false] },
  GRU: { reset_after: [false] },
  LayerNormalization: { rms_scaling: [false] },
  LSTM: { return_state: [false] },
  Resizing: { crop_to_aspect_ratio: [false], pad_to_aspect_ratio: [false], antialias: [false] },
  SimpleRNN: { return_state: [false] },
};

/** @throws UnsupportedError that names the option */
export function refuseIgnored({ className, name, config }: LayerConfig, keras: 2 | 3): void {
  for (const [key, harmless] of Object.entries(HARMLESS[className] ?? {})) {
    const value = config[key];
    if (value === undefined || value === null || isHarmless(value, harmless)) continue;
    throw new UnsupportedError(
      `TensorFlow.js does not run this model: it does not know "${key}" of the layer "${name}" (${className})`,
    );
  }
  // Keras 3 made it steeper; tfjs-layers has that of Keras 2.
  if (keras === 3 && activationsOf(config).includes('hard_sigmoid'))
    throw new UnsupportedError(
      `TensorFlow.js does not run this model: its hard_sigmoid, of the layer "${name}", is that of Keras 2`,
    );
}

const isHarmless = (value: Json, harmless: readonly Json[]): boolean =>
  Array.isArray(value)
    ? value.every((item: Json) => harmless.includes(item))
    : harmless.includes(value);

const activationsOf = (config: JsonObject): readonly Json[] =>
  ['activation', 'recurrent_activation'].flatMap((key) => config[key] ?? []);
