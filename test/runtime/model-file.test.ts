import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { UnsupportedError } from '../../shared/base/errors.ts';
import type { ElementType } from '../../shared/onnx/element-type.ts';
import { decodeModel, openModel } from '../../shared/onnx/read-model.ts';
import { encodeModel, writeModel } from '../../shared/onnx/write-model.ts';
import { materialize } from '../../shared/runtime/model-file.ts';
import { graph, model, node } from '../onnx/_build.ts';
import { typed } from './_models.ts';

const withTypes = (input: ElementType, output: ElementType) =>
  model(
    graph([node('Cast', ['x'], ['y'])], [], [], {
      inputs: [typed('x', input, [2])],
      outputs: [typed('y', output, [2])],
    }),
  );

it('writes a model to a file of its own, which is gone afterwards', () => {
  const small = withTypes('float32', 'float32');
  const file = materialize(small);
  expect(file.name).toBe("'g'");
  using written = openModel(file.path);
  expect(encodeModel(written.model)).toEqual(encodeModel(decodeModel(encodeModel(small))));
  file.remove();
  expect(existsSync(file.path)).toBe(false);
});

it.each(['int4', 'uint4', 'bfloat16', 'float8e4m3fn', 'float4e2m1', 'int2', 'complex64'] as const)(
  'refuses %s inputs and outputs, in memory and in a file',
  (type) => {
    expect(() => materialize(withTypes(type, 'float32'))).toThrow(UnsupportedError);
    const folder = mkdtempSync(join(tmpdir(), 'fettle-test-file-'));
    const path = join(folder, 'm.onnx');
    writeModel(withTypes('float32', type), path);
    expect(() => materialize(path)).toThrow(`output 'y' of m.onnx is ${type}`);
    const kept = { model: withTypes('float32', type), path, name: 'out.onnx' };
    expect(() => materialize(kept)).toThrow(`output 'y' of out.onnx is ${type}`);
    rmSync(folder, { recursive: true });
  },
);
