import { afterAll, describe, expect, it } from 'vitest';
import { computedTensor, float32Tensor, int64Tensor } from '../../shared/onnx/make-tensor.ts';
import type { Graph, Model, Node, ValueType } from '../../shared/onnx/model.ts';
import { inferTypes } from '../../shared/runtime/infer-types.ts';
import { closeSharedProcess } from '../../shared/runtime/shared-process.ts';
import { body, graph, model, node } from '../onnx/_build.ts';
import { inDomain, typed } from './_models.ts';

afterAll(closeSharedProcess);

const tensor = (elementType: 'float32', ...shape: (number | string | null)[]): ValueType => ({
  kind: 'tensor',
  elementType,
  shape,
});

describe('inferTypes', () => {
  /** x [batch, 4] through a weight of `bytes` that would be far too large to read. */
  const huge = (columns: number): Model => {
    const w = computedTensor('w', 'float32', [4, columns], () => {
      throw new Error('the weights were read');
    });
    return model(
      graph([node('MatMul', ['x', 'w'], ['y']), node('Relu', ['y'], ['z'])], [], ['z'], {
        initializers: new Map([['w', w]]),
        inputs: [typed('x', 'float32', ['batch', 4])],
      }),
    );
  };

  it('does not read weights', async () => {
    const large = huge(1 << 28);
    const table = await inferTypes(large);
    expect(table.get(large.graph, 'z')).toEqual(tensor('float32', 'batch', 1 << 28));
    expect(table.get(large.graph, 'w')).toEqual(tensor('float32', 4, 1 << 28));
  });

  it('gives types of inputs, initializers and constants too', async () => {
    const main = graph(
      [
        node(
          'Constant',
          [],
          ['c'],
          [['value', { type: 'tensor', value: int64Tensor('', [2], [2, 2]) }]],
        ),
        node('Reshape', ['x', 'c'], ['y']),
      ],
      [],
      ['y'],
      { inputs: [typed('x', 'float32', [4])] },
    );
    const table = await inferTypes(model(main));
    expect(table.get(main, 'x')).toEqual(tensor('float32', 4));
    expect(table.get(main, 'c')).toMatchObject({ elementType: 'int64', shape: [2] });
    expect(table.get(main, 'y')).toEqual(tensor('float32', 2, 2));
    expect([...table.of(main).keys()].sort()).toEqual(['c', 'x', 'y']);
  });

  it('tells a scalar from an unknown rank', async () => {
    const main = graph(
      [
        node('ReduceSum', ['x'], ['s'], [['keepdims', { type: 'int', value: 0 }]]),
        node('Reshape', ['x', 'n'], ['r']),
      ],
      [],
      ['s', 'r'],
      { inputs: [typed('x', 'float32', [4]), typed('n', 'int64', ['rank'])] },
    );
    const table = await inferTypes(model(main));
    expect(table.get(main, 's')).toEqual(tensor('float32'));
    expect(table.get(main, 'r')).toEqual({ kind: 'tensor', elementType: 'float32', shape: null });
  });

  it('takes what the model declares of unknown dims, and the nodes where they disagree', async () => {
    const nodes = [
      node('Reshape', ['x', 'n'], ['r']),
      node('Relu', ['r'], ['q']),
      node('Relu', ['x'], ['p']),
    ];
    const parts = { inputs: [typed('x', 'float32', [4]), typed('n', 'int64', [2])] };
    const declaring = (elementType: 'float32' | 'int64') =>
      graph(nodes, [], ['q', 'p'], {
        ...parts,
        valueInfo: new Map([
          ['r', typed('r', 'float32', ['rows', 2])],
          ['p', typed('p', elementType, [7])],
        ]),
      });
    const good = declaring('float32');
    const table = await inferTypes(model(good));
    expect(table.get(good, 'q')).toEqual(tensor('float32', 'rows', 2));
    expect(table.get(good, 'p')).toEqual(tensor('float32', 4));
    const wrong = declaring('int64');
    expect((await inferTypes(model(wrong))).get(wrong, 'p')).toEqual(tensor('float32', 4));
  });

  it('cuts out ops that nobody knows, and says so of what depends on them', async () => {
    const main = graph(
      [
        node('Relu', ['x'], ['a']),
        inDomain('com.acme', node('Twist', ['a'], ['b'])),
        node('Relu', ['b'], ['c']),
        inDomain('com.acme', node('Twist', ['a'], ['d'])),
        node('Relu', ['d'], ['e']),
        node('Bogus', ['a'], ['f']),
        node('Shape', ['a'], ['g']),
      ],
      [],
      ['c', 'e', 'f', 'g'],
      {
        inputs: [typed('x', 'float32', ['n', 3])],
        valueInfo: new Map([['d', typed('d', 'float32', [5, 'm'])]]),
      },
    );
    const table = await inferTypes(
      model(main, {
        opsets: new Map([
          ['', 17],
          ['com.acme', 1],
        ]),
      }),
    );
    expect(table.get(main, 'a')).toEqual(tensor('float32', 'n', 3));
    expect(table.get(main, 'b')).toBeUndefined();
    expect(table.whyUnknown(main, 'b')).toBe('onnxruntime does not know the op com.acme:Twist');
    expect(table.whyUnknown(main, 'c')).toMatch(/^Relu reads 'b', whose type is unknown/);
    expect(table.get(main, 'd')).toEqual(tensor('float32', 5, 'm'));
    expect(table.get(main, 'e')).toEqual(tensor('float32', 5, 'm'));
    expect(table.whyUnknown(main, 'f')).toMatch(/^Bogus: /);
    expect(table.get(main, 'g')).toMatchObject({ elementType: 'int64', shape: [2] });
  });

  it('lets a node that fails cost itself alone', async () => {
    const main = graph(
      [
        node('Relu', ['x'], ['a']),
        // Shapes that do not fit, an input type that no kernel takes, a missing operand.
        node('MatMul', ['a', 'a'], ['b']),
        node('Add', ['a', 'i'], ['c']),
        node('Gemm', ['a'], ['d']),
        node('Neg', ['a'], ['e']),
      ],
      [],
      ['b', 'c', 'd', 'e'],
      { inputs: [typed('x', 'float32', [2, 3]), typed('i', 'int64', [3])] },
    );
    const table = await inferTypes(model(main));
    expect(table.get(main, 'e')).toEqual(tensor('float32', 2, 3));
    for (const name of ['b', 'c', 'd'])
      expect(table.whyUnknown(main, name)).toMatch(/^(MatMul|Add|Gemm): /);
  });

  it('takes types that onnxruntime-node cannot pass', async () => {
    const to = (code: number) =>
      [['to', { type: 'int', value: code }]] as ['to', { type: 'int'; value: number }][];
    const main = graph(
      [
        node('DequantizeLinear', ['w', 's'], ['dq']),
        node('Cast', ['x'], ['half'], to(16)),
        node('Relu', ['half'], ['half2']),
        node('Cast', ['half2'], ['back'], to(1)),
        node('Cast', ['x'], ['q'], to(22)),
        node('Transpose', ['q'], ['qt']),
        node('Cast', ['x'], ['plain'], to(3)),
        node('Transpose', ['plain'], ['plaint']),
      ],
      [],
      ['dq'],
      {
        inputs: [typed('x', 'float32', ['n', 8])],
        initializers: new Map([
          ['w', computedTensor('w', 'int4', [64, 64], () => new Uint8Array(2048))],
          ['s', float32Tensor('s', [], [0.1])],
        ]),
      },
    );
    const table = await inferTypes(model(main, { irVersion: 10, opsets: new Map([['', 21]]) }));
    const at = (name: string) => {
      const type = table.get(main, name);
      return type?.kind === 'tensor' ? [type.elementType, type.shape] : undefined;
    };
    expect(at('w')).toEqual(['int4', [64, 64]]);
    expect(at('dq')).toEqual(['float32', [64, 64]]);
    expect(at('half2')).toEqual(['bfloat16', ['n', 8]]);
    expect(at('back')).toEqual(['float32', ['n', 8]]);
    expect(at('qt')).toEqual(['int4', [8, 'n']]);
    expect(at('plaint')).toEqual(['int8', [8, 'n']]);
  });
});

describe('inferTypes inside bodies', () => {
  const loopBody = (inner: Node[], outputs: string[], parts: Partial<Graph> = {}): Graph =>
    graph(inner, ['i', 'go', 'state'], outputs, parts);

  it('If: captured values, constants of both branches under the same names', async () => {
    const branch = (rows: number) =>
      graph([node('MatMul', ['x', 'k'], ['m'])], [], ['m'], {
        initializers: new Map([
          ['k', computedTensor('k', 'float32', [3, rows], () => new Uint8Array(12 * rows))],
        ]),
      });
    const [then, otherwise] = [branch(1000), branch(2000)];
    const main = graph(
      [node('If', ['c'], ['y'], [body('then_branch', then), body('else_branch', otherwise)])],
      [],
      ['y'],
      { inputs: [typed('c', 'bool', []), typed('x', 'float32', ['n', 3])] },
    );
    const table = await inferTypes(model(main));
    expect(table.get(then, 'm')).toEqual(tensor('float32', 'n', 1000));
    expect(table.get(otherwise, 'm')).toEqual(tensor('float32', 'n', 2000));
    expect(table.get(then, 'x')).toEqual(tensor('float32', 'n', 3));
    expect(table.get(main, 'y')).toMatchObject({ elementType: 'float32' });
    expect(table.get(main, 'm')).toBeUndefined();
  });

  it('Loop: carried values keep their type and lose their shape', async () => {
    const inner = loopBody(
      [
        node('Add', ['state', 'x'], ['next']),
        node('Identity', ['go'], ['on']),
        node('Cast', ['i'], ['f'], [['to', { type: 'int', value: 1 }]]),
      ],
      ['on', 'next', 'f'],
    );
    const main = graph(
      [node('Loop', ['n', '', 'x'], ['last', 'all'], [body('body', inner)])],
      [],
      ['last', 'all'],
      {
        inputs: [typed('n', 'int64', []), typed('x', 'float32', [4])],
      },
    );
    const table = await inferTypes(model(main));
    expect(table.get(inner, 'i')).toMatchObject({ elementType: 'int64', shape: [] });
    expect(table.get(inner, 'next')).toMatchObject({ elementType: 'float32' });
    expect(table.get(inner, 'f')).toEqual(tensor('float32'));
    expect(table.get(main, 'all')).toMatchObject({ elementType: 'float32' });
  });

  it('Scan: states whole, scanned inputs without their axis', async () => {
    const inner = graph(
      [node('Add', ['s', 'e'], ['t']), node('Identity', ['t'], ['o'])],
      ['s', 'e'],
      ['t', 'o'],
    );
    const main = graph(
      [
        node(
          'Scan',
          ['s0', 'x'],
          ['sN', 'y'],
          [
            body('body', inner),
            ['num_scan_inputs', { type: 'int', value: 1 }],
            ['scan_input_axes', { type: 'ints', value: [1] }],
          ],
        ),
      ],
      [],
      ['sN', 'y'],
      { inputs: [typed('s0', 'float32', [3]), typed('x', 'float32', [3, 7])] },
    );
    const table = await inferTypes(model(main));
    expect(table.get(inner, 'e')).toEqual(tensor('float32', 3));
    expect(table.get(inner, 't')).toEqual(tensor('float32', 3));
    expect(table.get(main, 'y')).toEqual(tensor('float32', 7, 3));
  });

  it('a body with an op that nobody knows still tells what the outer node gives', async () => {
    const branch = (known: boolean) =>
      graph(
        [
          ...(known ? [] : [inDomain('com.acme', node('Twist', ['x'], ['t']))]),
          node('Relu', ['x'], [known ? 'k' : 'r']),
        ],
        [],
        [known ? 'k' : 'r'],
      );
    const main = graph(
      [
        node(
          'If',
          ['c'],
          ['y'],
          [body('then_branch', branch(true)), body('else_branch', branch(false))],
        ),
        node('Neg', ['y'], ['z']),
      ],
      [],
      ['z'],
      { inputs: [typed('c', 'bool', []), typed('x', 'float32', [2, 'm'])] },
    );
    const table = await inferTypes(
      model(main, {
        opsets: new Map([
          ['', 17],
          ['com.acme', 1],
        ]),
      }),
    );
    expect(table.get(main, 'z')).toEqual(tensor('float32', 2, 'm'));
  });
});

describe('inferTypes with functions', () => {
  it('types what a model-local function gives, without reading the constants in it', async () => {
    const main = graph(
      [inDomain('mine', node('Scale', ['x'], ['y'])), node('Relu', ['y'], ['z'])],
      [],
      ['z'],
      {
        inputs: [typed('x', 'float32', ['n', 2000])],
      },
    );
    const w = computedTensor('', 'float32', [2000, 3000], () => {
      throw new Error('the weights were read');
    });
    const scale = {
      name: 'Scale',
      domain: 'mine',
      inputs: ['a'],
      outputs: ['b'],
      attributes: [],
      attributeDefaults: new Map(),
      nodes: [
        node('Constant', [], ['k'], [['value', { type: 'tensor', value: w }]]),
        node('MatMul', ['a', 'k'], ['b']),
      ],
      opsets: new Map([['', 17]]),
      valueInfo: new Map(),
    };
    const whole = model(main, {
      opsets: new Map([
        ['', 17],
        ['mine', 1],
      ]),
      functions: [scale],
    });
    const table = await inferTypes(whole);
    expect(table.get(main, 'y')).toEqual(tensor('float32', 'n', 3000));
    expect(table.get(main, 'z')).toEqual(tensor('float32', 'n', 3000));
  });
});
