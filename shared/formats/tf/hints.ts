/** The nearest way out for ops that cannot be converted. */

interface Hint {
  readonly matches: RegExp;
  readonly hint: string;
}

const HINTS: readonly Hint[] = [
  {
    matches: /^(Save|Restore|Assign|ResourceApply|Apply)|Grad$|Backprop(Filter)|^ResourceStrided/,
    hint: 'This graph trains: export an inference signature, or give --signature.',
  },
  {
    matches: /^(Stateful|Stateless)?(Random|Truncated|ParameterizedTruncated|Multinomial)/,
    hint: 'Random numbers differ with every run: export the model for inference (training=False), without dropout and noise.',
  },
  {
    matches: /^CudnnRNN/,
    hint: 'This graph was exported for one kind of GPU: export it where TensorFlow sees none (CUDA_VISIBLE_DEVICES=).',
  },
  {
    matches: /^(PyFunc|EagerPyFunc|NumpyFunction)/,
    hint: 'It calls Python, which is not in the file: express it by TensorFlow ops and export again.',
  },
  {
    matches: /^custom operator/,
    hint: 'Custom operators of TensorFlow Lite are code that is not in the file: convert the Keras model or SavedModel that it was made from.',
  },
];

const DECODES = /String|Regex|Decode|Encode|^ParseExample|^Substr|UnicodeT/;

/** Whether the op reads text or file formats, which is done before a model. */
export const decodes = (op: string): boolean => DECODES.test(op);

/** One sentence, or `undefined` when there is nothing better to say. `cut` is asked for tensors behind what decodes. */
export function hintFor(op: string, cut: () => readonly string[]): string | undefined {
  if (!decodes(op)) return HINTS.find(({ matches }) => matches.test(op))?.hint;
  const tensors = cut();
  const where = tensors.length > 0 ? tensors.join(',') : 'TENSOR,…';
  return `Text and file formats are decoded before the model: cut the graph behind them with convert --inputs ${where}.`;
}
