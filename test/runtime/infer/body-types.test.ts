import { describe, expect, it } from 'vitest';
import type { Dim, ValueType } from '../../../shared/onnx/model.ts';
import {
  bodyInputTypes,
  common,
  outputTypesFromBodies,
  refine,
} from '../../../shared/runtime/infer/body-types.ts';
import { body, graph, node } from '../../onnx/_build.ts';
import { typed } from '../_models.ts';

const float = (...shape: Dim[]): ValueType => ({ kind: 'tensor', elementType: 'float32', shape });
const unranked: ValueType = { kind: 'tensor', elementType: 'float32', shape: null };

describe('refine', () => {
  it.each([
    ['fills unknown dims', float(null, 2), float('n', 2), float('n', 2)],
    ['takes the rank', unranked, float(1), float(1)],
    ['keeps what it knows', float('a', 3), float('b', null), float('a', 3)],
    ['ignores a contradiction as a whole', float(null, 2), float('n', 3), float(null, 2)],
    ['ignores another rank', float(null), float(1, 2), float(null)],
    ['ignores nothing', float(null), undefined, float(null)],
  ])('%s', (_, type, other, expected) => {
    expect(refine(type, other)).toEqual(expected);
    if (expected === type) expect(refine(type, other)).toBe(type);
  });

  it('never changes the element type', () => {
    const ints: ValueType = { kind: 'tensor', elementType: 'int64', shape: [1] };
    expect(refine(float(null), ints)).toEqual(float(null));
  });
});

it('common: what holds for both', () => {
  expect(common(float(2, 'n'), float(2, 'm'))).toEqual(float(2, null));
  expect(common(float(2), float(2, 3))).toEqual(unranked);
  expect(common(float(2), { kind: 'tensor', elementType: 'int64', shape: [2] })).toBeUndefined();
});

describe('bodyInputTypes', () => {
  const inner = graph([], ['a', 'b', 'c'], []);
  const outer = (name: string) => ({ x: float(4, 5), s: float(3) })[name];

  it('Loop: counter, condition, carried values of any shape', () => {
    const loop = node('Loop', ['n', 'go', 'x'], ['y'], [body('body', inner)]);
    expect(bodyInputTypes(loop, inner, outer)).toEqual([
      { kind: 'tensor', elementType: 'int64', shape: [] },
      { kind: 'tensor', elementType: 'bool', shape: [] },
      unranked,
    ]);
  });

  it('Scan: from the last axis backwards', () => {
    const scan = node(
      'Scan',
      ['s', 's', 'x'],
      ['y'],
      [
        body('body', inner),
        ['num_scan_inputs', { type: 'int', value: 1 }],
        ['scan_input_axes', { type: 'ints', value: [-1] }],
      ],
    );
    expect(bodyInputTypes(scan, inner, outer)).toEqual([float(3), float(3), float(4)]);
  });

  it('takes what the body declares, refined', () => {
    const declared = graph([], [], [], { inputs: [typed('e', 'float32', [null])] });
    const map = node('SequenceMap', ['q'], ['r'], [body('body', declared)]);
    const sequence = (): ValueType => ({ kind: 'sequence', element: float(7) });
    expect(bodyInputTypes(map, declared, sequence)).toEqual([float(7)]);
  });

  it('knows nothing of other ops', () => {
    expect(bodyInputTypes(node('Other', ['x'], []), inner, outer)).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe('outputTypesFromBodies', () => {
  const types = new Map<string, ValueType>([
    ['then', float(2, 3)],
    ['else', float(2, 4)],
    ['go', { kind: 'tensor', elementType: 'bool', shape: [] }],
    ['state', float(5)],
    ['element', float(6)],
  ]);
  const typeInBody = (_: unknown, name: string) => types.get(name);

  it('If: what both branches give', () => {
    const branches = [
      body('then_branch', graph([], [], ['then'])),
      body('else_branch', graph([], [], ['else'])),
    ];
    expect(outputTypesFromBodies(node('If', ['c'], ['y'], branches), typeInBody)).toEqual([
      float(2, null),
    ]);
  });

  it('Loop: carried values of unknown shape, collected ones with a new first axis', () => {
    const inner = graph([], [], ['go', 'state', 'element']);
    const loop = node('Loop', ['n', '', 'x'], ['last', 'all'], [body('body', inner)]);
    expect(outputTypesFromBodies(loop, typeInBody)).toEqual([unranked, float(null, 6)]);
  });

  it('Scan: states, and collected values along their axis', () => {
    const inner = graph([], [], ['state', 'element']);
    const scan = node(
      'Scan',
      ['s', 'x'],
      ['last', 'all'],
      [
        body('body', inner),
        ['num_scan_inputs', { type: 'int', value: 1 }],
        ['scan_output_axes', { type: 'ints', value: [-1] }],
      ],
    );
    expect(outputTypesFromBodies(scan, typeInBody)).toEqual([float(5), float(6, null)]);
  });

  it('gives nothing for a node without bodies', () => {
    expect(outputTypesFromBodies(node('Relu', ['x'], ['y']), typeInBody)).toEqual([undefined]);
  });
});
