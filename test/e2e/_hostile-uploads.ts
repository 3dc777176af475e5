/** What strangers upload: each with what has to be said about it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { unzipSync, zipSync } from 'fflate';
import { bytesOfCase, fileCase } from '../formats/keras/_files.ts';
import { field, join as joined, nestedGraphs, varint } from '../onnx/_hostile.ts';
import { endlessModel } from '../pipeline/endless-model.ts';
import { EXAMPLES } from '../pipeline/inline-context.ts';

/** Files of one prefix, by name; the prefix is the first part of the model's name. */
export interface Upload {
  readonly prefix: string;
  readonly files: Readonly<Record<string, Uint8Array | string>>;
}

export interface HostileUpload extends Upload {
  /** Below which its runs lie. */
  readonly model: string;
  /** As the exit codes of the command line. */
  readonly code: 2 | 3 | 4;
  /** In message and hint. */
  readonly says: RegExp;
}

const example = (name: string): Uint8Array => new Uint8Array(readFileSync(join(EXAMPLES, name)));

/** Two models that nothing is wrong with, beside all the others. */
export const GOOD: readonly Upload[] = ['onnx', 'keras'].map((format) => ({
  prefix: `good-${format}`,
  files: {
    'fettle.yml': `version: 1\nmodels:\n  good-${format}:\n    source: digits.${format}\n    variants: [int8-weights]\n    data: { evaluation: test.npz }\n`,
    'test.npz': example('test.npz'),
    [`digits.${format}`]: example(`digits.${format}`),
  },
}));

/** One file without a configuration. */
const alone = (
  prefix: string,
  file: string,
  bytes: Uint8Array,
  expected: Pick<HostileUpload, 'code' | 'says'>,
): HostileUpload => ({
  prefix,
  files: { [file]: bytes },
  model: `${prefix}/${file.replace(/\.[^.]+$/, '')}`,
  ...expected,
});

/** Real ones: what is packed in half a megabyte is half a gigabyte. */
const ZEROS = 500_000_000;

function zipBomb(): Uint8Array {
  const files = unzipSync(bytesOfCase(fileCase('keras 3')));
  return zipSync({ ...files, 'model.weights.h5': [new Uint8Array(ZEROS), { level: 9 }] });
}

const letters = (text: string): Uint8Array => new TextEncoder().encode(text);

/** `y = MatMul(x, w)` as it stands in a file, `w` of `size` by `size` numbers with anything as its content. */
function matmul(size: number, content: Uint8Array): Uint8Array {
  const dims = [0x08, ...varint(size)];
  const value = (name: string) => {
    const shape = field(2, field(1, [0x08, 1]), field(1, dims));
    return joined(field(1, letters(name)), field(2, field(1, [0x08, 1], shape)));
  };
  const node = joined(
    ...['x', 'w'].map((name) => field(1, letters(name))),
    ...[field(2, letters('y')), field(4, letters('MatMul'))],
  );
  const weights = field(5, dims, dims, [0x10, 1], field(8, letters('w')), content);
  const graph = field(
    7,
    ...[field(1, node), field(2, letters('g')), weights],
    ...[field(11, value('x')), field(12, value('y'))],
  );
  return joined([0x08, 8], graph, field(8, [0x10, 17]));
}

/** 50,000 by 50,000 numbers, of which four are there. */
const tenGigabytes = (): Uint8Array => matmul(50_000, field(9, new Uint8Array(16)));

/** Weights that lie where the header says. */
function weightsAt(location: string): Uint8Array {
  const entry = (key: string, value: string) =>
    field(13, field(1, letters(key)), field(2, letters(value)));
  return matmul(4, joined(entry('location', location), entry('length', '64'), [0x70, 1]));
}

/** Graphs in attributes of nodes of graphs. */
const nested = (): Uint8Array =>
  joined([0x08, 8], field(7, nestedGraphs(100_000)), field(8, [0x10, 17]));

const METRIC = `version: 1
models:
  metric:
    source: digits.onnx
    data: { evaluation: test.npz, metric: ./metric.mjs }
`;

const ENDLESS = `version: 1
models:
  endless:
    source: endless.onnx
    timeout: 5
    variants: [int8, int4, float16]
`;

/** All of them; each is made when it is asked for. */
export const hostileUploads = (): readonly HostileUpload[] => [
  alone('bomb', 'model.keras', zipBomb(), {
    code: 4,
    says: /model\.weights\.h5.*bytes once unpacked/,
  }),
  alone('huge', 'model.onnx', tenGigabytes(), { code: 2, says: /'?w'?.*10000000000 bytes|16/ }),
  alone('escape', 'model.onnx', weightsAt('../../etc/passwd'), {
    code: 2,
    says: /outside the model's folder/,
  }),
  alone('neighbour', 'model.onnx', weightsAt('../good-onnx/digits.onnx'), {
    code: 2,
    says: /outside the model's folder/,
  }),
  {
    prefix: 'endless',
    files: { 'fettle.yml': ENDLESS, 'endless.onnx': endlessModel() },
    ...{ model: 'endless', code: 4 },
    says: /time ran out while running the model over the samples: the limit is 5 s.*timeout/,
  },
  alone('cut', 'model.onnx', example('digits.onnx').subarray(0, 5000), {
    code: 2,
    says: /field 7 wants \d+ bytes where \d+ are left/,
  }),
  alone('cut-keras', 'model.keras', example('digits.keras').subarray(0, 20_000), {
    code: 2,
    says: /zip|cut off|truncated/,
  }),
  alone('pickle', 'model.keras', bytesOfCase(fileCase('keras 3, npz')), {
    code: 3,
    says: /pickles, which are never loaded/,
  }),
  alone('lambda', 'model.keras', bytesOfCase(fileCase("a Lambda and a layer of one's own")), {
    code: 3,
    says: /Python bytecode/,
  }),
  alone('claims', 'model.h5', bytesOfCase(fileCase('h5 that claims more than it holds')), {
    code: 2,
    says: /claims 4398046511104 bytes, more than the file can hold/,
  }),
  alone('outside', 'model.h5', bytesOfCase(fileCase('h5 with data in another file')), {
    code: 3,
    says: /keeps its numbers in another file, which is not read/,
  }),
  alone('circle', 'model.h5', bytesOfCase(fileCase('h5 with a soft link to itself')), {
    code: 2,
    says: /kernel:0" is not in the file/,
  }),
  {
    prefix: 'metric',
    files: {
      'fettle.yml': METRIC,
      'metric.mjs': 'export const score = () => process.exit(1);',
      'digits.onnx': example('digits.onnx'),
      'test.npz': example('test.npz'),
    },
    ...{ model: 'metric', code: 2 },
    says: /metric/,
  },
  alone('nested', 'model.onnx', nested(), { code: 2, says: /nested|deep/ }),
];
