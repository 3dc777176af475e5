import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { InputError, LimitError, UnsupportedError } from '../../shared/base/errors.ts';
import type { NamedTensors } from '../../shared/base/tensor.ts';
import { float32Tensor } from '../../shared/onnx/make-tensor.ts';
import { writeModel } from '../../shared/onnx/write-model.ts';
import { writeReferring } from '../../shared/onnx/write-referring.ts';
import { RuntimeProcess } from '../../shared/runtime/runtime-process.ts';
import { openSession } from '../../shared/runtime/session.ts';
import { closeSharedProcess, sharedProcess } from '../../shared/runtime/shared-process.ts';
import { graph, model, node } from '../onnx/_build.ts';
import { inDomain, REAL, typed } from './_models.ts';

const { blazeFront: front, sileroLegacy: legacy } = REAL;

/** Any file that is no model. */
const notAModel = fileURLToPath(new URL('../../LICENSE', import.meta.url));

const image = (value: number): NamedTensors => ({
  'input:0': {
    type: 'float32',
    dims: [1, 128, 128, 3],
    data: new Float32Array(128 * 128 * 3).fill(value),
  },
});

/** A place for temporary files of this test alone, so that they can be counted. */
const temporary = mkdtempSync(join(tmpdir(), 'fettle-test-session-'));
vi.stubEnv('TMPDIR', temporary);
// Test files share processes.
afterAll(() => vi.unstubAllEnvs());

afterAll(async () => {
  await closeSharedProcess();
  rmSync(temporary, { recursive: true });
});

describe('openSession', () => {
  it('reports inputs and outputs with names of free dimensions', async () => {
    await using session = await openSession(legacy);
    expect(session.inputs.map(({ name }) => name)).toEqual(['input', 'sr', 'h', 'c']);
    expect(session.inputs[2]?.type).toEqual({
      kind: 'tensor',
      elementType: 'float32',
      shape: [2, 'batch', 64],
    });
    expect(session.loadMs).toBeGreaterThan(0);
  });

  it('maps weights out of another model, wherever they lie in it', async () => {
    const w = float32Tensor(
      'w',
      [1000],
      Float32Array.from({ length: 1000 }, (_, at) => at),
    );
    const initializers = new Map([['w', w]]);
    const made = model(graph([node('Add', ['w', 'w'], ['y'])], [], ['y'], { initializers }));
    const { places } = writeModel(made, join(temporary, 'whole.onnx'));
    const referring = join(temporary, 'referring.onnx');
    writeReferring(made, referring, { placeOf: (tensor) => places.get(tensor) });
    expect(statSync(referring).size).toBeLessThan(1000);
    await using session = await openSession(referring, { optimization: 'disabled' });
    const { y } = await session.run({});
    expect(y?.data.slice(0, 3)).toEqual(Float32Array.from([0, 2, 4]));
    rmSync(join(temporary, 'whole.onnx'));
    rmSync(referring);
  });

  it('runs two sessions in one child, and many samples in order', async () => {
    await using one = await openSession(front);
    await using other = await openSession(front, { optimization: 'disabled' });
    const values = [0, 0.25, 0.5, 0.75, 1];
    const name = one.outputs[0]?.name ?? '';
    const results: NamedTensors[] = [];
    for await (const result of one.runMany(values.map(image), [name])) results.push(result);
    expect(results.map((result) => Object.keys(result))).toEqual(values.map(() => [name]));
    for (const [index, value] of values.entries()) {
      const single = await other.run(image(value));
      const expected = Array.from(single[name]?.data as Float32Array);
      const got = Array.from(results[index]?.[name]?.data as Float32Array);
      expect(Math.max(...got.map((x, i) => Math.abs(x - (expected[i] ?? 0))))).toBeLessThan(1e-3);
    }
    // The samples differ, so equal results would mean that order or feeds were lost.
    expect(results[0]?.[name]?.data).not.toEqual(results[4]?.[name]?.data);
  });

  it('stops taking samples when the reader stops', async () => {
    await using session = await openSession(front);
    let made = 0;
    const endless = (function* () {
      for (;;) {
        made++;
        yield image(0.5);
      }
    })();
    let seen = 0;
    for await (const _ of session.runMany(endless)) if (++seen === 4) break;
    expect(made).toBeLessThanOrEqual(4 + 3);
  });

  it('opens itself again when the shared child died of something else', async () => {
    await using session = await openSession(front);
    const before = await session.run(image(1));
    process.kill(sharedProcess().pid ?? -1, 'SIGKILL');
    await expect.poll(() => session.run(image(1)).then((after) => after)).toEqual(before);
  });

  it('a time-out of one session leaves the others usable', async () => {
    await using slow = await openSession(front, { timeoutMs: 20_000 });
    await using hasty = await openSession(front, { timeoutMs: 1 }).catch((error) => {
      expect(error).toBeInstanceOf(LimitError);
      return slow;
    });
    expect(Object.keys(await hasty.run(image(0)))).toHaveLength(slow.outputs.length);
  });

  it('stops on a signal', async () => {
    const stop = new AbortController();
    await using session = await openSession(front, { signal: stop.signal });
    const runs = Array.from({ length: 50 }, () => session.run(image(0)));
    stop.abort(new Error('stopped by test'));
    const outcomes = await Promise.allSettled(runs);
    expect(outcomes.filter(({ status }) => status === 'rejected').length).toBeGreaterThan(40);
    await expect(session.run(image(0))).rejects.toThrow('stopped by test');
  });

  it('lives in the child that it is given, and is lost with it', async () => {
    const child = new RuntimeProcess();
    await using session = await openSession(front, { process: child });
    await child.close();
    await expect(session.run(image(0))).rejects.toThrow('was closed before');
  });

  it.each([
    ['a missing file', '/nowhere/at-all.onnx', InputError, /at-all.onnx/],
    ['what is not a model', notAModel, InputError, /LICENSE is not a valid model/],
  ] as const)('refuses %s', async (_, path, kind, message) => {
    await expect(openSession(path)).rejects.toThrow(kind);
    await expect(openSession(path)).rejects.toThrow(message);
  });

  it.each([
    ['no feed', {}, /no input 'input:0'/],
    [
      'a wrong rank',
      { 'input:0': { type: 'float32', dims: [128, 3], data: new Float32Array(384) } },
      /does not fit.*Got: 2 Expected: 4/,
    ],
    [
      'a wrong type',
      { 'input:0': { type: 'int32', dims: [1, 128, 128, 3], data: new Int32Array(49152) } },
      /does not fit.*int32/,
    ],
    [
      'too few elements',
      { 'input:0': { type: 'float32', dims: [1, 128, 128, 3], data: new Float32Array(7) } },
      /7/,
    ],
  ] as const)('refuses %s and stays usable', async (_, feeds: NamedTensors, message) => {
    await using session = await openSession(front);
    await expect(session.run(feeds)).rejects.toThrow(message);
    expect(Object.keys(await session.run(image(0)))).toHaveLength(session.outputs.length);
  });

  it('refuses an int4 output that the model does not declare, before it can abort the process', async () => {
    const cast = node('Cast', ['x'], ['y'], [['to', { type: 'int', value: 22 }]]);
    const main = graph([cast], [], ['y'], { inputs: [typed('x', 'float32', [2])] });
    const int4 = model(main, { irVersion: 10, opsets: new Map([['', 21]]) });
    await expect(openSession(int4)).rejects.toThrow(UnsupportedError);
    await expect(openSession(int4)).rejects.toThrow("'y' of 'g' is int4");
  });

  it('runs a model in memory, whose file is gone when it is closed', async () => {
    const main = graph([node('Neg', ['x'], ['y'])], [], ['y'], {
      inputs: [typed('x', 'float32', [2])],
    });
    const session = await openSession(model(main));
    expect(readdirSync(temporary)).toHaveLength(1);
    const { y } = await session.run({
      x: { type: 'float32', dims: [2], data: new Float32Array([1, -2]) },
    });
    expect(y?.data).toEqual(new Float32Array([-1, 2]));
    await session.close();
    expect(readdirSync(temporary)).toEqual([]);
  });

  it('names an op that onnxruntime lacks', async () => {
    const main = graph([inDomain('com.acme', node('Twist', ['x'], ['y']))], [], ['y'], {
      inputs: [typed('x', 'float32', [2])],
    });
    const custom = model(main, {
      opsets: new Map([
        ['', 17],
        ['com.acme', 1],
      ]),
    });
    await expect(openSession(custom)).rejects.toThrow(UnsupportedError);
    await expect(openSession(custom)).rejects.toThrow(/does not have the op com\.acme:?.?Twist/);
  });

  it('refuses to run after closing', async () => {
    const session = await openSession(front);
    await session.close();
    await session.close();
    await expect(session.run(image(0))).rejects.toThrow('is closed');
  });
});
