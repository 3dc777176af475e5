import { describe, expect, it } from 'vitest';
import { frozenPorts } from '../../../shared/formats/frozen-graph/frozen-ports.ts';
import { attribute, node, rawGraph } from '../tf/proto/_wire.ts';

const placeholder = (name: string, code = 1): Uint8Array =>
  node(`${name} = Placeholder()`, attribute.type('dtype', code), attribute.shape('shape', -1, 3));

const ports = (nodes: readonly Uint8Array[], wanted?: readonly string[]) =>
  frozenPorts(rawGraph(nodes), wanted, 'g.pb');

const many = Array.from({ length: 60 }, (_, index) => node(`n${index} = Neg(x)`));

describe('frozenPorts', () => {
  it('takes placeholders and what nobody reads', () => {
    const nodes = [
      placeholder('x'),
      placeholder('unused'),
      node('k = Const()'),
      node('lonely = Const()'),
      node('best = TopKV2(x, k)'),
      node('check = Assert(x)'),
      node('guard = Identity(x)'),
      node('done = NoOp(^guard)'),
      node('order = Switch(x, x)'),
    ];
    expect(ports(nodes)).toEqual({
      inputs: [{ name: 'x:0', tensor: 'x', type: 'float32', shape: ['batch', 3] }],
      outputs: [
        { name: 'best:0', tensor: 'best:0' },
        { name: 'best:1', tensor: 'best:1' },
      ],
      notes: ['The placeholder "unused" is left out: no output needs it.'],
    });
  });

  it('takes the result alone of ops that give notes besides', () => {
    const nodes = [
      placeholder('x'),
      node('cond = Merge(x, x)'),
      node('bn = FusedBatchNormV3(x, x, x, x, x)'),
    ];
    expect(ports(nodes).outputs.map(({ name }) => name)).toEqual(['cond:0', 'bn:0']);
  });

  it('takes what is wanted', () => {
    const nodes = [placeholder('x'), node('a = Neg(x)'), node('b = Neg(a)')];
    expect(ports(nodes, ['a']).outputs).toEqual([{ name: 'a:0', tensor: 'a' }]);
  });

  it('does not know a shape that is not there', () => {
    const nodes = [node('x = Placeholder()', attribute.type('dtype', 3)), node('a = Neg(x)')];
    expect(ports(nodes).inputs).toMatchObject([{ type: 'int32', shape: null }]);
  });

  it.each([
    ['an empty graph', [], 'holds no nodes'],
    ['no ends', [placeholder('x')], 'has no outputs'],
    ['very many ends', [placeholder('x'), ...many], 'more than 50 results'],
    ['inputs that are no tensors', [placeholder('x', 20), node('a = Neg(x)')], 'is no tensor'],
    [
      'inputs of odd types',
      [placeholder('x', 99), node('a = Neg(x)')],
      'a type that ONNX does not have',
    ],
  ])('refuses %s', (_, nodes, message) => expect(() => ports(nodes)).toThrow(message));
});
