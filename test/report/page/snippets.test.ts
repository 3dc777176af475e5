import { execFile } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  browserSnippet,
  feedShape,
  nodeSnippet,
  pythonSnippet,
  type SnippetInput,
} from '../../../shared/report/page/snippets.ts';
import { hostileText } from '../hostile.ts';

const run = promisify(execFile);

const speech: SnippetInput = {
  file: 'vad.int8.onnx',
  threads: 2,
  runtimeVersion: '1.30.0',
  inputs: [
    {
      name: 'input',
      type: 'float32',
      shape: ['batch', 512],
      measuredShape: [1, 512],
      preparation: 'samples / 32768',
    },
    { name: 'sr', type: 'int64', shape: [] },
  ],
  outputs: [{ name: 'output', type: 'float32', shape: ['batch', 1] }],
};

it('Node: real names, shapes and types', () => {
  expect(nodeSnippet(speech)).toBe(`// npm install onnxruntime-node@1.30.0
import * as ort from 'onnxruntime-node';

const session = await ort.InferenceSession.create('vad.int8.onnx', { intraOpNumThreads: 2 });
const outputs = await session.run({
  'input': new ort.Tensor('float32', new Float32Array(1 * 512), [1, 512]), // samples / 32768
  'sr': new ort.Tensor('int64', new BigInt64Array(1), []),
});
console.log(outputs['output'].dims, outputs['output'].data);`);
});

it('Python: real names, shapes and types', () => {
  expect(pythonSnippet(speech)).toBe(`# pip install onnxruntime==1.30.0 numpy
import numpy as np
import onnxruntime as ort

options = ort.SessionOptions()
options.intra_op_num_threads = 2
session = ort.InferenceSession("vad.int8.onnx", options, providers=["CPUExecutionProvider"])
inputs = {
    "input": np.zeros((1, 512), dtype=np.float32),  # samples / 32768
    "sr": np.zeros((), dtype=np.int64),
}
outputs = session.run(["output"], inputs)
print([output.shape for output in outputs])`);
});

it('the browser: onnxruntime-web', () => {
  expect(browserSnippet(speech)).toContain("import * as ort from 'onnxruntime-web';");
  expect(browserSnippet({ ...speech, runtimeVersion: 'odd; rm' })).toMatch(
    /^\/\/ npm install onnxruntime-web\n/,
  );
});

it.each([
  [['N', 8, 8, 1], undefined, [1, 8, 8, 1]],
  [
    ['N', 'T'],
    [2, 30],
    [2, 30],
  ],
  [[-1, 0, 3], undefined, [1, 1, 3]],
  [[], undefined, []],
])('feeds %j measured as %j with %j', (shape, measuredShape, fed) => {
  const io = {
    name: 'x',
    type: 'float32',
    shape,
    ...(measuredShape === undefined ? {} : { measuredShape }),
  };
  expect(feedShape(io)).toEqual(fed);
});

describe('hostile names', () => {
  const hostile = (name: string): SnippetInput => ({
    ...speech,
    file: name,
    inputs: [{ name, type: 'float32', shape: [1], preparation: name }],
    outputs: [{ name, type: 'float32', shape: [1] }],
  });

  it('stay inside their literals: the program does what it says with the name as it is', () => {
    fc.assert(
      fc.property(hostileText(), (name) => {
        const program = nodeSnippet(hostile(name))
          .replace(/^import .*$/m, '')
          .replaceAll('await ', '');
        const seen: string[] = [];
        const ort = {
          InferenceSession: {
            create: (file: string) => {
              seen.push(file);
              return {
                run: (feeds: object) => {
                  seen.push(...Object.keys(feeds));
                  return Object.fromEntries(seen.map((key) => [key, { dims: [], data: [] }]));
                },
              };
            },
          },
          Tensor: class {},
        };
        new Function('ort', 'console', program)(ort, { log: () => {} });
        expect(seen).toEqual([name, name]);
      }),
    );
  });

  it('hide nothing from whoever reads the program', () => {
    fc.assert(
      fc.property(hostileText(), (name) => {
        for (const program of [nodeSnippet(hostile(name)), pythonSnippet(hostile(name))]) {
          expect(program).not.toMatch(/(?!\n)[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/u);
        }
      }),
    );
  });
});

it('the Node program runs as it is', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'fettle-snippet-'));
  try {
    const model = new URL('../../fixtures/tensorflow/digits_cnn/model.onnx', import.meta.url);
    copyFileSync(model, join(folder, 'digits.onnx'));
    const program = nodeSnippet({
      file: 'digits.onnx',
      threads: 1,
      runtimeVersion: '1.30.0',
      inputs: [{ name: 'image', type: 'float32', shape: ['N', 8, 8, 1] }],
      outputs: [{ name: 'output_0', type: 'float32', shape: ['N', 10] }],
    });
    const runtime = import.meta.resolve('onnxruntime-node');
    writeFileSync(join(folder, 'use.mjs'), program.replace("'onnxruntime-node'", `'${runtime}'`));
    const { stdout } = await run(process.execPath, [join(folder, 'use.mjs')], { cwd: folder });
    expect(stdout).toMatch(/^\[ 1, 10 \] Float32Array\(10\) \[/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
