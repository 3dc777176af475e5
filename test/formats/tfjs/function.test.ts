import { describe, expect, test } from 'vitest';
import { ModelError } from '../../../shared/base/errors.ts';
import { numberTensor } from '../../../shared/formats/build/number-tensor.ts';
import type { Json } from '../../../shared/formats/keras/layer.ts';
import { functionsOf } from '../../../shared/formats/tfjs/function.ts';

const weights = new Map([['f/k', { ...numberTensor([2], 'int32'), name: 'f/k' }]]);

const f = {
  signature: {
    name: 'f',
    inputArg: [{ name: 'x', type: 'DT_FLOAT' }],
    outputArg: [{ name: 'values', type: 'DT_FLOAT' }],
  },
  nodeDef: [
    { name: 'f/k', op: 'Const', attr: { dtype: { type: 'DT_INT32' } } },
    { name: 'top', op: 'TopKV2', input: ['x', 'f/k:output:0', '^f/k'] },
  ],
  ret: { values: 'top:values:0' },
} as const satisfies Json;

describe('functions of a graph', () => {
  test('have their arguments, nodes and results', () => {
    const library = functionsOf({ function: [f] }, weights);
    expect(library.has('f')).toBe(true);
    const { parameters, outputs, nodes, results } = library.get('f');
    expect(parameters).toEqual([{ name: 'x', type: 'float32' }]);
    expect(outputs).toEqual(['values']);
    expect(results).toEqual(new Map([['values', 'top:values:0']]));
    expect(nodes.get('top')).toMatchObject({ inputs: ['x', 'f/k:output:0'], controls: ['f/k'] });
    expect(nodes.get('f/k')?.attributes.get('value')).toMatchObject({ kind: 'tensor' });
  });

  test('there are none without a library', () => {
    expect(functionsOf(undefined, weights).has('f')).toBe(false);
    expect(() => functionsOf({}, weights).get('g')).toThrow(/calls the function 'g'/);
  });

  test.each<[string, Json, RegExp]>([
    ['no signature', { nodeDef: [] }, /signature of a function is missing/],
    ['no name', { signature: {} }, /name of a function is missing/],
    ['a result that is none', { ...f, ret: { values: 1 } }, /a result of function 'f'/],
    ['two nodes of one name', { ...f, nodeDef: [f.nodeDef[0], f.nodeDef[0]] }, /named 'f\/k'/],
    ['an argument without a name', { signature: { name: 'g', inputArg: [{}] } }, /function 'g'/],
  ])('%s is refused', (_, item, message) => {
    expect(() => functionsOf({ function: [item] }, weights)).toThrow(ModelError);
    expect(() => functionsOf({ function: [item] }, weights)).toThrow(message);
  });
});
