import { describe, expect, it } from 'vitest';
import { ModelError } from '../../../shared/base/errors.ts';
import { GraphTranslation, NodeList } from '../../../shared/formats/tflite/graph-translation.ts';
import { ModelTranslation, shapeOfPort } from '../../../shared/formats/tflite/model-translation.ts';
import { parseModel } from '../../../shared/formats/tflite/parse-model.ts';
import { memorySource } from '../../../shared/onnx/byte-source.ts';
import { caseOf } from './_compare.ts';
import { fileOf } from './_run.ts';

function translationOf(name: string): ModelTranslation {
  const model = parseModel(memorySource(fileOf(caseOf(name)), 'model.tflite'));
  const [main] = model.subgraphs;
  if (!main) throw new Error('no graph');
  const translation = new ModelTranslation(model, main, String);
  const graph = new GraphTranslation(new NodeList(), main);
  for (const index of main.inputs) graph.enter(index, graph.tensor(index).name);
  translation.translate(graph);
  return translation;
}

describe('subgraphs', () => {
  it('become functions, once each', () => {
    const translation = translationOf('while');
    expect([...translation.functions.keys()]).toHaveLength(2);
    for (const { parameters, results, nodes } of translation.functions.values()) {
      expect(nodes.filter(({ op }) => op === '_Arg').map(({ name }) => name)).toEqual(parameters);
      expect(results.length).toBeGreaterThan(0);
    }
  });

  it('that are not there are a fault of the file', () => {
    expect(() => translationOf('while').functionOf(99)).toThrow(ModelError);
  });
});

describe('variables', () => {
  it('that the model sets are state, those set once are constants', () => {
    const { states, variables, notes } = translationOf('variables');
    expect(states).toMatchObject([
      { input: { name: 'sum', type: 'float32', shape: [2, 3] }, output: { name: 'sum_next' } },
    ]);
    expect(variables.get('factor')?.constant?.dims).toEqual([3]);
    expect([...notes].join()).toContain('feed its output "sum_next" as the next input');
  });
});

it('names free sizes: the batch in all inputs alike', () => {
  const tensor = { name: 'x', type: 'float32', data: undefined, quantization: undefined } as const;
  const rest = { isVariable: false, sparsity: undefined };
  const port = (shape: readonly number[], signature: readonly number[]) =>
    shapeOfPort({ ...tensor, ...rest, shape, signature });
  expect(port([1, 4], [-1, 4])).toEqual(['batch', 4]);
  expect(port([1, 4, 1], [-1, 4, -1])).toEqual(['batch', 4, 'x_2']);
  expect(port([1], [-1])).toEqual(['x_0']);
  expect(port([1, 4], [])).toEqual([1, 4]);
});
