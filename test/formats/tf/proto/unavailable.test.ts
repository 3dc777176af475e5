import { expect, it } from 'vitest';
import { Builder } from '../../../../shared/formats/build/builder.ts';
import {
  UNAVAILABLE,
  UNAVAILABLE_REASON,
} from '../../../../shared/formats/tf/proto/unavailable.ts';
import type { TfAttributes } from '../../../../shared/formats/tf/tf-graph.ts';

const convert = (op: string, attributes: TfAttributes = new Map()): unknown =>
  UNAVAILABLE[op]?.([], {
    b: Builder.root(17),
    node: { name: 'n', op, inputs: [], attributes },
    functions: new Map(),
    call: () => [],
  });

it.each([
  ['VarHandleOp', 'its value is not in the file'],
  ['HashTableV2', 'its entries are not in the file'],
])('%s has a reason', (op, message) => expect(() => convert(op)).toThrow(message));

it('gives the reason that the reader found', () => {
  const reason = new Map([[UNAVAILABLE_REASON, { kind: 'string', value: 'it changes' } as const]]);
  expect(() => convert('VariableV2', reason)).toThrow('it changes');
});
