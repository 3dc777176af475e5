import { describe, expect, it } from 'vitest';
import { LimitError, ToolError } from '../../../shared/base/errors.ts';
import type { ValueType } from '../../../shared/onnx/model.ts';
import { decodeModel } from '../../../shared/onnx/read-model.ts';
import { type Ask, attemptInference } from '../../../shared/runtime/infer/attempt.ts';
import { RuntimeAnswerError, RuntimeLostError } from '../../../shared/runtime/runtime-process.ts';
import { graph, model, node } from '../../onnx/_build.ts';

const x: ValueType = { kind: 'tensor', elementType: 'float32', shape: ['n'] };
const attempt = (ask: Ask, nodes = [node('Relu', ['x'], ['a']), node('Relu', ['a'], ['b'])]) =>
  attemptInference(ask, {
    model: model(graph([], [], [])),
    nodes,
    given: new Map([['x', x]]),
    constants: new Map(),
    known: new Map(),
  });

describe('attemptInference', () => {
  it('asks once more only for the ranks that are in doubt', async () => {
    const asked: string[][] = [];
    const result = await attempt(async (bytes) => {
      const { graph: main } = decodeModel(bytes);
      asked.push(main.outputs.map(({ name }) => name));
      if (asked.length === 1)
        return [
          { name: 'a', tensor: { type: 'float32', shape: ['n'] } },
          { name: 'b', tensor: { type: 'float32', shape: [] } },
        ];
      expect(main.nodes.at(-1)).toMatchObject({ opType: 'Shape', inputs: ['b'] });
      return [{ name: '0:fettle_rank', tensor: { type: 'int64', shape: [null] } }];
    });
    expect(asked).toEqual([['a', 'b'], ['0:fettle_rank']]);
    expect('types' in result && result.types.get('b')).toMatchObject({ shape: null });
  });

  it('takes a rank of 0 for a scalar', async () => {
    let asked = 0;
    const result = await attempt(async () =>
      asked++ === 0
        ? [{ name: 'a', tensor: { type: 'float32', shape: [] } }]
        : [{ name: 'r', tensor: { type: 'int64', shape: [0] } }],
    );
    expect('types' in result && result.types.get('a')).toMatchObject({ shape: [] });
  });

  it('leaves out what is no tensor', async () => {
    const result = await attempt(async () => [{ name: 'a', tensor: null }]);
    expect(result).toEqual({ types: new Map() });
  });

  it('asks nothing about no nodes', async () => {
    const ask: Ask = () => Promise.reject(new Error('asked'));
    expect(await attempt(ask, [])).toEqual({ types: new Map() });
  });

  it('gives back what the runtime or its death says of the model', async () => {
    const failing = (error: unknown) => attempt(() => Promise.reject(error));
    expect(await failing(new RuntimeAnswerError('bad\n  node'))).toEqual({ failure: 'bad node' });
    expect(await failing(new ToolError('crashed'))).toEqual({ failure: 'crashed' });
    await expect(failing(new LimitError('too long'))).rejects.toThrow('too long');
    await expect(failing(new RuntimeLostError('lost'))).rejects.toThrow('lost');
    await expect(failing(new Error('aborted'))).rejects.toThrow('aborted');
  });
});
