/** Wrong inputs: each gives the contract's exit code and a helpful sentence, and leaves nothing behind. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openModel } from '../../shared/onnx/read-model.ts';
import { parseModel } from '../../shared/onnx/text.ts';
import { writeModel } from '../../shared/onnx/write-model.ts';
import { npy, writeNpz } from '../measure/data/numpy-files.ts';
import { endlessModel } from '../pipeline/endless-model.ts';
import { DIGITS, fettle, makePlace, type Place } from './fettle.ts';

let place: Place;
const shared = makePlace();
beforeEach(() => {
  // One store for all: the float32 form of the model is made once.
  place = makePlace({ store: shared.store });
});
afterEach(() => place.remove());
afterAll(() => shared.remove());

const COUNT = 40;
const images = (count = COUNT) =>
  Float32Array.from({ length: count * 64 }, (_, i) => ((i * 7) % 17) / 16);
const labels = (count = COUNT) => Uint8Array.from({ length: count }, (_, i) => i % 10);

function data(arrays: Parameters<typeof writeNpz>[1]): void {
  writeNpz(place.path('data.npz'), arrays);
}

const x = (values = images(), shape: number[] = [COUNT, 8, 8, 1]) => npy(shape, values);
const y = (values = labels(), shape: number[] = [COUNT]) => npy(shape, values);

interface Case {
  readonly name: string;
  readonly prepare?: () => void;
  readonly argv: readonly string[];
  readonly code: number;
  readonly says: RegExp;
}

const optimize = (...flags: string[]): string[] => [
  'optimize',
  DIGITS,
  '--variants',
  'float32',
  ...flags,
];
const withData = (...flags: string[]): string[] => optimize('--data', 'data.npz', ...flags);

const model = (name: string, bytes: string | Uint8Array) => () =>
  writeFileSync(place.path(name), bytes);
const digits = readFileSync(DIGITS);
const LFS_POINTER = `version https://git-lfs.github.com/spec/v1\noid sha256:${'0'.repeat(64)}\nsize 5\n`;

/** A model of these nodes, given to a command. */
const broken = (name: string, nodes: string, argv: string, code: number, says: RegExp): Case => ({
  name,
  prepare: () => writeModel(parseModel(`${HEAD} { ${nodes} }`), place.path('m.onnx')),
  argv: argv.split(' ').map((word) => (word === 'DIGITS' ? DIGITS : word)),
  code,
  says,
});
const HEAD = `<ir_version: 8, opset_import: ["": 17, "my.own": 1]>
  g (float[1,2] x) => (float[1,2] y)`;
const FLOAT32 = 'optimize m.onnx --variants float32';
const CYCLE = '[one] a = Add (x, b)\n [two] b = Relu (a)\n y = Abs (b)';
const SAYS_CYCLE = /node 'one' \(Add\): it waits in a circle for node 'two' \(Relu\)\. Export/;
const UNDEFINED = '[sum] y = Add (x, nowhere)';
const SAYS_UNDEFINED = /node 'sum' \(Add\): it reads 'nowhere', which nothing defines\. Export/;
const ATTRIBUTE = '[act] y = Relu <slope = 1> (x)';
const SAYS_ATTRIBUTE = /node 'act' \(Relu\): Relu \(since 14\) has no attribute 'slope'\. Take/;
const CUSTOM = 'y = my.own.Baz (x)';
const SAYS_CUSTOM = /onnxruntime does not have the op my\.own:Baz of m\.onnx.*with standard ops/;

const CASES: readonly Case[] = [
  // The model.
  {
    name: 'a missing model',
    argv: ['optimize', 'none.onnx'],
    code: 2,
    says: /none\.onnx does not exist/,
  },
  {
    name: 'an empty model',
    prepare: model('m.onnx', ''),
    argv: ['optimize', 'm.onnx'],
    code: 2,
    says: /m\.onnx is empty.*again/,
  },
  {
    name: 'text named .onnx',
    prepare: model('m.onnx', 'hello world, this is text\n'),
    argv: ['optimize', 'm.onnx'],
    code: 2,
    says: /not a model that Fettle knows.*damaged/,
  },
  {
    name: 'a truncated model',
    prepare: model('m.onnx', digits.subarray(0, 20_000)),
    argv: ['optimize', 'm.onnx'],
    code: 2,
    says: /m\.onnx.* wants \d+ bytes where \d+ are left.*damaged/,
  },
  {
    name: 'a model cut in its first bytes',
    prepare: model('m.onnx', digits.subarray(0, 3)),
    argv: ['inspect', 'm.onnx'],
    code: 2,
    says: /m\.onnx/,
  },
  {
    name: 'a Git LFS pointer',
    prepare: model('m.onnx', LFS_POINTER),
    argv: ['optimize', 'm.onnx'],
    code: 2,
    says: /Git LFS pointer.*git lfs pull/,
  },
  {
    name: 'weights that are a Git LFS pointer',
    prepare: () => {
      using opened = openModel(DIGITS);
      writeModel(opened.model, place.path('m.onnx'), { external: 'always' });
      model('m.onnx.data', LFS_POINTER)();
    },
    argv: ['optimize', 'm.onnx'],
    code: 2,
    says: /m\.onnx\.data.*Git LFS pointer.*git lfs pull --include "m\.onnx\.data"/,
  },
  {
    name: 'data in place of a model',
    prepare: () => data({ x: x() }),
    argv: ['optimize', 'data.npz'],
    code: 2,
    says: /NumPy arrays.*--data/,
  },
  {
    name: 'a folder without a model',
    prepare: () => mkdirSync(place.path('dir')),
    argv: ['optimize', 'dir'],
    code: 2,
    says: /folder without a model/,
  },
  {
    name: 'a GGUF file',
    prepare: model('m.gguf', 'GGUF\x03\x00\x00\x00'),
    argv: ['optimize', 'm.gguf'],
    code: 3,
    says: /GGUF.*optimum-cli export onnx/,
  },
  broken('a cycle', CYCLE, FLOAT32, 2, SAYS_CYCLE),
  broken('a cycle to convert', CYCLE, 'convert m.onnx -o c.onnx', 2, SAYS_CYCLE),
  broken('a value that nothing defines', UNDEFINED, 'optimize m.onnx', 2, SAYS_UNDEFINED),
  broken('the same, measured', UNDEFINED, 'measure m.onnx', 2, SAYS_UNDEFINED),
  broken('the same, compared', UNDEFINED, 'diff DIGITS m.onnx', 2, SAYS_UNDEFINED),
  broken('an unknown attribute', ATTRIBUTE, FLOAT32, 2, SAYS_ATTRIBUTE),
  broken('a custom op', CUSTOM, FLOAT32, 3, SAYS_CUSTOM),
  broken('a custom op, measured', CUSTOM, 'measure m.onnx', 3, SAYS_CUSTOM),
  broken('an unknown op', 'y = Foo (x)', FLOAT32, 3, /opset 17 has no op Foo/),
  // Data.
  { name: 'missing data', argv: withData(), code: 2, says: /data\.npz.*does not exist/ },
  {
    name: 'data that is no archive',
    prepare: () => writeFileSync(place.path('data.npz'), 'PK\x03\x04nonsense'),
    argv: withData(),
    code: 2,
    says: /data\.npz/,
  },
  {
    name: 'a wrong array name',
    prepare: () => data({ picture: x(), y: y() }),
    argv: withData(),
    code: 2,
    says: /image.*picture|picture.*image/s,
  },
  {
    name: 'a wrong shape',
    prepare: () => data({ x: x(images(), [COUNT, 4, 16, 1]), y: y() }),
    argv: withData(),
    code: 2,
    says: /\[40, 4, 16, 1\].*8, 8, 1/s,
  },
  {
    name: 'a wrong type',
    prepare: () =>
      data({
        x: { descr: '<U2', shape: [COUNT, 8, 8, 1], bytes: new Uint8Array(COUNT * 64 * 8) },
        y: y(),
      }),
    argv: withData(),
    code: 2,
    says: /string|text/i,
  },
  {
    name: 'NaN in the data',
    prepare: () => data({ x: x(images().fill(Number.NaN, 1000, 1500)), y: y() }),
    argv: withData(),
    code: 2,
    says: /sample \d+ holds NaN/,
  },
  {
    name: 'labels out of range',
    prepare: () => data({ x: x(), y: y(labels().fill(77)) }),
    argv: withData(),
    code: 2,
    says: /77.*10 classes|label 77/,
  },
  {
    name: 'fewer labels than samples',
    prepare: () => data({ x: x(), y: y(labels(7), [7]) }),
    argv: withData(),
    code: 2,
    says: /7.*40|40.*7/,
  },
  {
    name: 'no samples',
    prepare: () => data({ x: x(new Float32Array(0), [0, 8, 8, 1]), y: y(new Uint8Array(0), [0]) }),
    argv: withData(),
    code: 2,
    says: /no samples/,
  },
  {
    name: 'data of an unknown kind',
    prepare: () => writeFileSync(place.path('data.parquet'), 'PAR1'),
    argv: optimize('--data', 'data.parquet'),
    code: 2,
    says: /data\.parquet.*npz/s,
  },
  {
    name: 'one file to calibrate and to judge',
    prepare: () => data({ x: x(), y: y() }),
    argv: optimize('--calibration', 'data.npz', '--evaluation', 'data.npz'),
    code: 2,
    says: /judged on.*calibrate.*--data/s,
  },
  {
    name: 'an unknown metric',
    prepare: () => data({ x: x(), y: y() }),
    argv: withData('--metric', 'top7'),
    code: 2,
    says: /unknown metric "top7".*Did you mean "top1"|"top5"/,
  },
  {
    name: 'a metric module that is not there',
    prepare: () => data({ x: x(), y: y() }),
    argv: withData('--metric', './score.ts'),
    code: 2,
    says: /score\.ts does not exist/,
  },
  // Names and numbers.
  {
    name: 'an unknown variant',
    argv: ['optimize', DIGITS, '--variants', 'int9'],
    code: 2,
    says: /unknown variant "int9".*"int8"/,
  },
  {
    name: 'a target that comes later',
    argv: optimize('--targets', 'tensorrt'),
    code: 3,
    says: /tensorrt is not built by this version/,
  },
  {
    name: 'unknown hardware',
    argv: optimize('--hardware', 'x64-vni'),
    code: 2,
    says: /unknown hardware "x64-vni".*"x64-vnni"/,
  },
  {
    name: 'a budget that cannot be read',
    argv: optimize('--budget', 'size=small'),
    code: 2,
    says: /budget.*size.*5 MB/s,
  },
  {
    name: 'shipping what is not made',
    argv: optimize('--ship', 'int8'),
    code: 2,
    says: /"ship" names int8/,
  },
  {
    name: 'a flag that is misspelt',
    argv: optimize('--varients', 'int8'),
    code: 2,
    says: /--varients.*--variants/s,
  },
  {
    name: 'a number that is none',
    argv: optimize('--seed', 'many'),
    code: 2,
    says: /--seed many.*whole number/,
  },
  { name: 'no model at all', argv: ['optimize'], code: 2, says: /missing required argument/ },
  // The configuration.
  { name: 'no configuration', argv: ['run'], code: 2, says: /no fettle\.yml.*fettle init/ },
  {
    name: 'a misspelt key',
    prepare: () =>
      writeFileSync(
        place.path('fettle.yml'),
        `version: 1\nmodels:\n  digits:\n    source: ${DIGITS}\n    varients: [int8]\n`,
      ),
    argv: ['run'],
    code: 2,
    says: /fettle\.yml:5: unknown key "varients".*"variants"/,
  },
  {
    name: 'an unknown model',
    prepare: () =>
      writeFileSync(
        place.path('fettle.yml'),
        `version: 1\nmodels:\n  digits:\n    source: ${DIGITS}\n`,
      ),
    argv: ['run', '--only', 'digit'],
    code: 2,
    says: /no model "digit".*"digits"/,
  },
  { name: 'a project without models', argv: ['init'], code: 2, says: /no model that Fettle reads/ },
  // Output.
  {
    name: 'a file where the output folder should be',
    prepare: () => writeFileSync(place.path('out'), 'mine'),
    argv: optimize('-o', 'out'),
    code: 2,
    says: /cannot write .*out|out is not a folder/,
  },
  {
    name: 'a format that cannot be written',
    argv: ['convert', DIGITS, '-o', 'digits.tflite'],
    code: 3,
    says: /digits\.tflite.*\.onnx and \.ort/,
  },
  {
    name: 'two kinds to compare',
    prepare: () => writeFileSync(place.path('report.json'), '{"schema": "fettle.report/1"}'),
    argv: ['diff', 'report.json', DIGITS],
    code: 2,
    says: /two models, or two report\.json/,
  },
  // Limits.
  {
    name: 'a time-out',
    argv: optimize('--opset', '18', '--timeout', '1ms'),
    code: 4,
    says: /time ran out.*--timeout/,
  },
  {
    name: 'a loop in the model that never ends',
    prepare: () => writeFileSync(place.path('endless.onnx'), endlessModel()),
    argv: ['optimize', 'endless.onnx', '--timeout', '8s'],
    code: 4,
    says: /time ran out while running the model.*limit is 8 s.*--timeout/,
  },
  {
    name: 'such a model that is only measured',
    prepare: () => writeFileSync(place.path('endless.onnx'), endlessModel('n')),
    argv: ['measure', 'endless.onnx', '--timeout', '5s'],
    code: 4,
    says: /time ran out.*limit is 5 s.*--timeout/,
  },
  {
    name: 'too little memory',
    argv: optimize('--opset', '18', '--memory', '20 MB'),
    code: 4,
    says: /memory.*--memory/,
  },
];

describe.each(CASES)('$name', ({ prepare, argv, code, says }) => {
  test(`exits with ${code} and says why`, async () => {
    prepare?.();
    const before = place.files();
    const result = await fettle(place, ...argv);
    expect(result.stderr).toMatch(says);
    expect(result.code).toBe(code);
    expect(result.stdout).toBe('');
    // One paragraph at the end, behind lines of progress: no stack, no second error. Commander asks in a line of its own.
    const lines = result.stderr.trimEnd().split('\n');
    const paragraph = lines.slice(lines.findIndex((line) => line.startsWith('error: ')));
    expect(paragraph[0]).toMatch(/^error: \S.{10,500}$/);
    expect(paragraph.slice(1).filter((line) => !/^\(Did you mean .*\?\)$/.test(line))).toEqual([]);
    // An empty output folder may have been made; nothing is in it.
    expect(place.files().filter((name) => name !== 'fettle-out')).toEqual(before);
  });
});
