import { describe, expect, it } from 'vitest';
import { type Cut, cutGraph } from '../../../shared/formats/tf/cut-graph.ts';
import { assembleGraph } from '../../../shared/formats/tf/proto/assemble-graph.ts';
import { Budget } from '../../../shared/formats/tf/proto/budget.ts';
import { readGraph } from '../../../shared/formats/tf/proto/graph.ts';
import { TfReader } from '../../../shared/formats/tf/proto/tf-reader.ts';
import { memorySource } from '../../../shared/onnx/byte-source.ts';
import { attribute, entry, graphDef, message, node, shape } from './proto/_wire.ts';

const float = attribute.type('T', 1);
const nodes = [
  node('x = Placeholder()', attribute.type('dtype', 1)),
  node('z = Placeholder()', attribute.type('dtype', 1)),
  node('square = Square(x)', float),
  node('texts = AsString(x)'),
  node('hashes = StringToHashBucketFast(texts)'),
  node(
    'numbers = StringToNumber(texts)',
    attribute.type('out_type', 9),
    entry(5, '_output_shapes', message(1, message(7, shape(-1, -1, 3)))),
  ),
  node('nothing = Mystery(texts)'),
  node('cast = Cast(numbers)', attribute.type('SrcT', 9), attribute.type('DstT', 1)),
  node('sum = AddV2(square, z)', float),
  node('all = Pack(sum, cast, hashes, nothing)'),
];

function cut(options: Cut) {
  const budget = new Budget('g', { keepsShapes: true });
  const raw = readGraph(new TfReader(memorySource(graphDef(nodes)), budget));
  const ports = {
    inputs: ['x', 'z'].map((name) => ({
      name,
      tensor: name,
      type: 'float32' as const,
      shape: ['batch', 4],
    })),
    outputs: [{ name: 'result', tensor: 'all:0' }],
    notes: [],
  };
  const { inputs, outputs } = cutGraph(
    assembleGraph(raw, ports, (own) => [own]),
    options,
    'g.pb',
  );
  return {
    inputs: inputs.map(
      ({ name, type, shape: sizes }) => `${name} ${type} ${JSON.stringify(sizes)}`,
    ),
    outputs: outputs.map(({ name, tensor }) => `${name} = ${tensor}`),
  };
}

const X = 'x float32 ["batch",4]';
const Z = 'z float32 ["batch",4]';

describe('cutGraph', () => {
  it('leaves the graph alone without names', () => {
    expect(cut({})).toEqual({ inputs: [X, Z], outputs: ['result = all:0'] });
  });

  it('leaves out inputs that are not needed', () => {
    expect(cut({ outputs: ['square'] })).toEqual({ inputs: [X], outputs: ['square:0 = square'] });
  });

  it('takes types and shapes from what is before', () => {
    expect(cut({ inputs: ['square:0'], outputs: ['sum'] })).toEqual({
      inputs: ['square:0 float32 ["batch",4]', Z],
      outputs: ['sum:0 = sum'],
    });
  });

  it('takes them from the node where what is before cannot be converted', () => {
    expect(cut({ inputs: ['numbers', 'hashes'], outputs: ['cast', 'hashes'] })).toEqual({
      inputs: ['numbers:0 int64 ["batch","numbers_dim1",3]', 'hashes:0 int64 null'],
      outputs: ['cast:0 = cast', 'hashes:0 = hashes'],
    });
  });

  it('knows names of the model', () => {
    expect(cut({ inputs: ['z'], outputs: ['result'] })).toEqual({
      inputs: [Z, X],
      outputs: ['result = all:0'],
    });
  });

  it.each<[string, Cut, string]>([
    [
      'a tensor that is not there',
      { inputs: ['sqare'] },
      'g.pb has no tensor "sqare" (did you mean "square"?)',
    ],
    ['an output that is not there', { outputs: ['gone'] }, 'g.pb has no tensor "gone"'],
    [
      'an input that is not needed',
      { inputs: ['numbers'], outputs: ['sum'] },
      'the outputs of g.pb do not need the tensor "numbers"',
    ],
    [
      'a tensor of unknown type',
      { inputs: ['nothing'] },
      'the type of the tensor "nothing" is not in g.pb',
    ],
  ])('refuses %s', (_, options, wanted) => expect(() => cut(options)).toThrow(wanted));

  it('says that loops and branches cannot be cut inside', () => {
    const inner = { name: 'inner', op: 'Relu', inputs: ['p'], attributes: new Map() };
    const body = { name: 'body', parameters: ['p'], results: ['inner'], nodes: [inner] };
    const graph = {
      nodes: [],
      functions: new Map([['body', body]]),
      inputs: [],
      outputs: [],
      notes: [],
    };
    expect(() => cutGraph(graph, { inputs: ['inner:0'] }, 'g.pb')).toThrow(
      'the tensor "inner:0" of g.pb lies inside of a loop, a branch or a function',
    );
  });
});
