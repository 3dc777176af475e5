import { describe, expect, it } from 'vitest';
import type { Graph, Node, ValueType } from '../../../shared/onnx/model.ts';
import { decodeModel } from '../../../shared/onnx/read-model.ts';
import type { Ask } from '../../../shared/runtime/infer/attempt.ts';
import { inferGraph } from '../../../shared/runtime/infer/infer-graph.ts';
import { RuntimeAnswerError } from '../../../shared/runtime/runtime-process.ts';
import { graph, model, node } from '../../onnx/_build.ts';

const x: ValueType = { kind: 'tensor', elementType: 'float32', shape: [1] };
const around = { types: new Map([['x', x]]), constants: new Map() };
const infer = (ask: Ask, main: Graph) => inferGraph(ask, model(main), main, around, new Map());

/** Everything has the type of x, unless `refuses` says otherwise of the skeleton's nodes. */
function fakeRuntime(
  refuses: (nodes: readonly Node[]) => string | undefined,
): Ask & { asked: number } {
  const ask = async (bytes: Uint8Array) => {
    ask.asked++;
    const { nodes, outputs } = decodeModel(bytes).graph;
    const reason = refuses(nodes);
    if (reason !== undefined) throw new RuntimeAnswerError(reason);
    return outputs.map(({ name }) => ({ name, tensor: { type: 'float32' as const, shape: [1] } }));
  };
  ask.asked = 0;
  return ask;
}

const chain = (count: number, opType = (_: number) => 'Relu'): Graph =>
  graph(
    Array.from({ length: count }, (_, i) => node(opType(i), ['x'], [`y${i}`])),
    [],
    [],
  );

describe('inferGraph', () => {
  it('finds a culprit that no message names, by halving', async () => {
    const ask = fakeRuntime((nodes) =>
      nodes.some(({ outputs }) => outputs[0] === 'y77') ? 'something is wrong' : undefined,
    );
    const { types, unknown } = await infer(ask, chain(100));
    expect([...unknown]).toEqual([['y77', 'Relu: something is wrong']]);
    expect(types.size).toBe(100);
    expect(ask.asked).toBeLessThan(12);
  });

  it('cuts an unknown op everywhere at once', async () => {
    const ask = fakeRuntime((nodes) => {
      const bad = nodes.find(({ opType }) => opType === 'Bogus');
      return bad && `In Node, ("${bad.name}", Bogus): No Op registered for Bogus`;
    });
    const { unknown } = await infer(
      ask,
      chain(40, (i) => (i % 4 ? 'Relu' : 'Bogus')),
    );
    expect(unknown.size).toBe(10);
    expect(ask.asked).toBe(2);
  });

  it('cuts failing nodes one by one, and when there are too many all of the op', async () => {
    const ask = fakeRuntime((nodes) => {
      const bad = nodes.find(({ opType }) => opType === 'Conv');
      return bad && `Could not find an implementation for Conv(11) node with name '${bad.name}'`;
    });
    const { unknown } = await infer(
      ask,
      chain(500, (i) => (i % 2 ? 'Relu' : 'Conv')),
    );
    expect(unknown.size).toBe(250);
    expect(ask.asked).toBeLessThan(40);
  });
});
