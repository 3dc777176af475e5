import { describe, expect, it } from 'vitest';
import { caseNamed, errorOf, modelOf, opsOf } from '../_cases.ts';
import { constant } from '../_graph.ts';
import { disguised, withBody } from './_mutate.ts';

/** Outputs are below 2; ONNX and TensorFlow add up in another order. */
const TOLERANCE = 1e-6;

const FUSED: readonly [layer: string, op: string, count: number][] = [
  ['lstm', 'LSTM', 1],
  ['lstm sequences states', 'LSTM', 1],
  ['lstm backwards', 'LSTM', 1],
  ['lstm no bias', 'LSTM', 1],
  ['lstm relu', 'LSTM', 1],
  ['gru', 'GRU', 1],
  ['gru reset before', 'GRU', 1],
  ['gru no bias', 'GRU', 1],
  ['simple rnn', 'RNN', 1],
  ['simple rnn relu', 'RNN', 1],
  ['bidirectional', 'LSTM', 2],
  ['bidirectional gru', 'GRU', 2],
];

const both = <T extends readonly unknown[]>(rows: readonly T[]) =>
  ['keras3', 'keras2'].flatMap((kit) =>
    rows.map(([layer, ...rest]) => [`${kit} ${layer}`, ...rest]),
  );

describe('recurrent layers', () => {
  it.each(both(FUSED) as [string, string, number][])('%s becomes %s', async (name, op, count) => {
    const example = caseNamed(name);
    const model = modelOf(example.graph);
    expect(opsOf(model)[op]).toBe(count);
    expect(opsOf(model)).not.toHaveProperty('Loop');
    expect(await errorOf(model, example)).toBeLessThanOrEqual(TOLERANCE);
  });

  it.each([
    ...(both([['lstm softsign'], ['lstm masked'], ['gru masked'], ['stacked cells']]) as [
      string,
    ][]),
    ['keras3 conv lstm'],
  ])('%s is none that ONNX has, and stays a Loop', async (name) => {
    const example = caseNamed(name);
    const model = modelOf(example.graph);
    expect(opsOf(model)).toHaveProperty('Loop');
    expect(await errorOf(model, example)).toBeLessThanOrEqual(TOLERANCE);
  });

  it.each(FUSED)('keras3 %s computes the same as a Loop', async (layer) => {
    const example = caseNamed(`keras3 ${layer}`);
    const model = modelOf(disguised(example.graph));
    expect(opsOf(model)).toHaveProperty('Loop');
    expect(await errorOf(model, example)).toBeLessThanOrEqual(TOLERANCE);
  });

  it('whose outputs are written to another place stay a Loop', () => {
    const { graph } = caseNamed('keras3 gru');
    const changed = withBody(graph, (body) => ({
      ...body,
      nodes: [
        constant('second', [1]),
        ...body.nodes.map((node) =>
          node.op === 'TensorListSetItem'
            ? { ...node, inputs: node.inputs.with(1, 'second') }
            : node,
        ),
      ],
    }));
    expect(opsOf(modelOf(changed))).not.toHaveProperty('GRU');
  });
});
