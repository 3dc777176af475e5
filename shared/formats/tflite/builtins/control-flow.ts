/** Operators that call other subgraphs. */
import { functionName } from '../node-attributes.ts';
import type { BuiltinTable, OperatorTranslation } from '../operator-translation.ts';
import { everyOutput } from './entries.ts';

const body = (o: OperatorTranslation, option: string) =>
  functionName(o.model.functionOf(o.options.number(option)));

export const CONTROL_FLOW: BuiltinTable = {
  IF: (o) =>
    everyOutput(
      o,
      o.add('StatelessIf', o.inputs, {
        then_branch: body(o, 'then_subgraph'),
        else_branch: body(o, 'else_subgraph'),
      }),
    ),
  WHILE: (o) =>
    everyOutput(
      o,
      o.add('StatelessWhile', o.inputs, {
        cond: body(o, 'cond_subgraph'),
        body: body(o, 'body_subgraph'),
      }),
    ),
  CALL: (o) => everyOutput(o, o.add('PartitionedCall', o.inputs, { f: body(o, 'subgraph') })),
  // It sets variables before the first run: what they hold is known while the model is read.
  CALL_ONCE: (o) => {
    o.model.initialize(o.options.number('init_subgraph'), o.graph.list);
    return [];
  },
};
