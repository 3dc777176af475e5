import { describe, expect, it } from 'vitest';
import { chooseSignature } from '../../../shared/formats/saved-model/choose-signature.ts';
import { freezeGraph } from '../../../shared/formats/saved-model/freeze-graph.ts';
import { signaturePorts } from '../../../shared/formats/saved-model/signature-ports.ts';
import { Budget } from '../../../shared/formats/tf/proto/budget.ts';
import { UNAVAILABLE_REASON } from '../../../shared/formats/tf/proto/unavailable.ts';
import { attribute, floatTensor, node } from '../tf/proto/_wire.ts';
import { type MetaText, metaGraph } from './_meta-graph.ts';

function freeze(text: Partial<MetaText>, folder = '/nowhere') {
  const meta = metaGraph({ nodes: [], signatures: { s: [['x = x:0'], ['y = y:0']] }, ...text });
  const ports = signaturePorts(chooseSignature(meta, undefined, 'm'));
  const { nodes } = freezeGraph(
    { folder, meta, checkpoint: undefined, budget: new Budget('m') },
    ports,
  );
  return nodes.map(({ name, op, attributes }) => {
    const reason = attributes.get(UNAVAILABLE_REASON);
    return `${name} = ${op}${reason?.kind === 'string' ? `: ${reason.value}` : ''}`;
  });
}

const constant = node('start = Const()', attribute.tensor('value', floatTensor([1], 5)));
const variable = node('v = VariableV2()');

describe('freezeGraph', () => {
  it('puts constants for variables that are set up on loading', () => {
    const nodes = [constant, variable, node('set = Assign(v, start)'), node('y = AddV2(x, v)')];
    expect(freeze({ nodes: [...nodes, node('init = NoOp(^set)')], mainNode: 'init' })).toEqual([
      'y = AddV2',
      'v = Const',
    ]);
  });

  it('takes the operation that the signature of loading names', () => {
    const nodes = [constant, variable, node('set = Assign(v, start)'), node('y = AddV2(x, v)')];
    const signatures = {
      s: [['x = x:0'], ['y = y:0']],
      __saved_model_init_op: [[], ['__saved_model_init_op = set']],
    } as const;
    expect(freeze({ nodes, signatures })).toEqual(['y = AddV2', 'v = Const']);
  });

  it('lets what restores win', () => {
    const nodes = [
      constant,
      variable,
      node('first = Assign(v, start)'),
      node('second = Assign(v, unknown)'),
      node('y = AddV2(x, v)'),
    ];
    expect(freeze({ nodes, mainNode: 'first', restore: 'second' })).toEqual([
      'y = AddV2',
      'v = VariableV2: its value is not in the checkpoint',
    ]);
  });

  it.each([
    [
      'by a node that has to run before',
      [node('y = AddV2(x, v, ^set)'), node('set = AssignAdd(v, x)')],
      true,
    ],
    [
      'by a node that does not run',
      [node('y = AddV2(x, v)'), node('set = AssignAdd(v, x)')],
      false,
    ],
    ['without being read', [node('y = Neg(x, ^set)'), node('set = AssignAdd(v, x)')], undefined],
  ])('knows variables that are changed %s', (_, nodes, isChanging) => {
    const lines = freeze({ nodes: [variable, ...nodes] });
    const line = lines.find((own) => own.startsWith('v'));
    if (isChanging === undefined) expect(line).toBeUndefined();
    else expect(line?.includes('changed while the model runs')).toBe(isChanging);
  });

  it('knows variables that a function changes and another one reads', () => {
    const functions = {
      change: { parameters: ['p'], results: {}, nodes: [node('set = AssignAddVariableOp(p)')] },
      read: {
        parameters: ['p'],
        results: { r: 'v:value:0' },
        nodes: [node('v = ReadVariableOp(p)')],
      },
    };
    const nodes = [
      node('h = VarHandleOp()'),
      node('c = StatefulPartitionedCall(h)', attribute.function('f', 'change')),
      node('y = StatefulPartitionedCall(h, ^c)', attribute.function('f', 'read')),
    ];
    expect(freeze({ nodes, functions })).toContainEqual(
      expect.stringContaining('h = VarHandleOp: it is changed'),
    );
    expect(
      freeze({
        nodes: [
          nodes[0] as Uint8Array,
          node('y = StatefulPartitionedCall(h)', attribute.function('f', 'read')),
        ],
        functions,
      }),
    ).toContainEqual('h = VarHandleOp: its value is not in the checkpoint');
  });

  it('puts tables over constants', () => {
    const nodes = [
      constant,
      node('t = HashTableV2()'),
      node('fill = LookupTableImportV2(t, start, start)'),
      node('y = LookupTableFindV2(t, x, start)'),
    ];
    expect(freeze({ nodes, mainNode: 'fill' })).toEqual([
      'y = LookupTableFindV2',
      'start = Const',
      't/keys = Const',
      't/values = Const',
      't = LookupTable',
    ]);
  });
});
