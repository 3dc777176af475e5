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
    matches: /String|Regex|Decode|Encode|^ParseExample|^Substr|UnicodeT/,
    hint: 'Text and file formats are decoded before the model: cut the graph behind them with --inputs TENSOR,….',
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
];

/** One sentence, or `undefined` when there is nothing better to say. */
export const hintFor = (op: string): string | undefined =>
  HINTS.find(({ matches }) => matches.test(op))?.hint;
