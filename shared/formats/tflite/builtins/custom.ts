/** Operators by others than TensorFlow that many models have. */
import { Unconvertible } from '../../build/unconvertible.ts';
import { parseFlexMap } from '../flex-buffer.ts';
import { real } from '../node-attributes.ts';
import type { BuiltinTable, OperatorTranslation } from '../operator-translation.ts';
import { everyOutput } from './entries.ts';

/** Bytes of custom options that are looked at: those of known operators take some hundred. */
const MAX_OPTION_BYTES = 1 << 16;

function optionBytes(o: OperatorTranslation): Uint8Array {
  const { source, offset, length } = o.operator.customOptions;
  if (length > MAX_OPTION_BYTES) throw new Unconvertible('its options are too long');
  return source.read(offset, length);
}

/** By the name of the custom operator. */
export const CUSTOM_OPERATORS: BuiltinTable = {
  // MediaPipe's: a transposed convolution of weights [out, h, w, in] with a bias, its options a C struct.
  Convolution2DTransposeBias: (o) => {
    const bytes = optionBytes(o);
    if (bytes.length < 12) throw new Unconvertible('its options are too short');
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const padding = ['SAME', 'VALID'][view.getInt32(0, true) - 1];
    const [width, height] = [view.getInt32(4, true), view.getInt32(8, true)];
    if (padding === undefined || width < 1 || height < 1)
      throw new Unconvertible('its options are not as expected');
    const filters = o.add('Transpose', [o.input(1), o.constant([1, 2, 0, 3])]);
    return o.add('_TfliteTransposeConvLike', [o.input(0), filters, ...o.optional(2)], {
      padding,
      strides: [1, height, width, 1],
    });
  },
  TFLite_Detection_PostProcess: (o) => {
    const options = parseFlexMap(optionBytes(o));
    const number = (name: string, fallback?: number): number => {
      const value = options.get(name) ?? fallback;
      if (value !== undefined) return value;
      throw new Unconvertible(`it lacks the option ${name}`);
    };
    const node = o.add('_TfliteDetection', [o.input(0), o.input(1), o.input(2)], {
      max_detections: number('max_detections'),
      max_classes: number('max_classes_per_detection', 1),
      per_class: number('detections_per_class', 100),
      regular: number('use_regular_nms', 0) !== 0,
      classes: number('num_classes'),
      score: real(number('nms_score_threshold')),
      overlap: real(number('nms_iou_threshold')),
      y_scale: real(number('y_scale')),
      x_scale: real(number('x_scale')),
      h_scale: real(number('h_scale')),
      w_scale: real(number('w_scale')),
    });
    return everyOutput(o, node);
  },
};
