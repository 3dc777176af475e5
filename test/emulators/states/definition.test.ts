import { describe, expect, it } from 'vitest';
import { invoke, machine } from './_run.ts';
import { parseDefinition } from './definition.ts';
import type { Json } from './json.ts';

const pass = { Type: 'Pass', End: true };
const map = (more: Record<string, Json>, config: Record<string, Json> = { Mode: 'INLINE' }) => ({
  Type: 'Map',
  ItemProcessor: { ProcessorConfig: config, StartAt: 'I', States: { I: pass } },
  End: true,
  ...more,
});
const distributed = { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' };
const refusals: readonly (readonly [string, Json, RegExp])[] = [
  ['JSONPath machines', { StartAt: 'A', States: { A: pass } }, /only JSONata mode is interpreted/],
  ['a JSONPath state', machine({ A: { ...pass, QueryLanguage: 'JSONPath' } }), /QueryLanguage/],
  ['InputPath', machine({ A: { ...pass, InputPath: '$.a' } }), /"InputPath"/],
  ['Parameters', machine({ A: invoke('f', { Parameters: {}, End: true }) }), /"Parameters"/],
  ['ResultSelector', machine({ A: invoke('f', { ResultSelector: {}, End: true }) }), /"ResultSel/],
  [
    'ResultPath of a catcher',
    machine({
      A: invoke('f', { Catch: [{ ErrorEquals: ['E'], ResultPath: '$', Next: 'B' }], End: true }),
      B: pass,
    }),
    /"ResultPath"/,
  ],
  [
    'Variable of a choice',
    machine({
      A: { Type: 'Choice', Choices: [{ Variable: '$.a', BooleanEquals: true, Next: 'B' }] },
      B: pass,
    }),
    /Condition/,
  ],
  [
    'ToleratedFailureCountPath',
    machine({ A: map({ ToleratedFailureCountPath: '$.n' }, distributed) }),
    /"ToleratedFailureCountPath"/,
  ],
  [
    'Parameters of a reader',
    machine({
      A: map(
        { ItemReader: { Resource: 'arn:aws:states:::s3:getObject', Parameters: {} } },
        distributed,
      ),
    }),
    /"Parameters"/,
  ],
  [
    'EXPRESS children',
    machine({ A: map({}, { Mode: 'DISTRIBUTED', ExecutionType: 'EXPRESS' }) }),
    /ExecutionType/,
  ],
  ['an unknown field', machine({ A: { ...pass, Outputs: 1 } }), /"Outputs"/],
  ['an unknown type', machine({ A: { Type: 'Loop', End: true } }), /Type/],
  ['a count that is no number', machine({ A: map({ MaxConcurrency: 'two' }) }), /MaxConcurrency/],
  ['a start that is nowhere', machine({ A: pass }, { StartAt: 'B' }), /StartAt names no state 'B'/],
  ['a next that is nowhere', machine({ A: { Type: 'Pass', Next: 'B' } }), /A names no state 'B'/],
  [
    'a catcher that leads nowhere',
    machine({ A: invoke('f', { Catch: [{ ErrorEquals: ['E'], Next: 'C' }], End: true }) }),
    /A names no state 'C'/,
  ],
  [
    'a branch that leads out',
    machine({
      A: {
        Type: 'Parallel',
        Branches: [{ StartAt: 'I', States: { I: { Type: 'Pass', Next: 'B' } } }],
        End: true,
      },
      B: pass,
    }),
    /A\/I names no state 'B'/,
  ],
  ['both Next and End', machine({ A: { ...pass, Next: 'A' } }), /A needs either Next or End/],
  ['neither Next nor End', machine({ A: { Type: 'Pass' } }), /A needs either Next or End/],
  ['names used twice', machine({ I: map({}) }), /I\/I has the name of another state/],
  [
    'States.ALL beside others',
    machine({ A: invoke('f', { Retry: [{ ErrorEquals: ['States.ALL', 'E'] }], End: true }) }),
    /States.ALL stands alone/,
  ],
  [
    'States.ALL before others',
    machine({
      A: invoke('f', {
        Retry: [{ ErrorEquals: ['States.ALL'] }, { ErrorEquals: ['E'] }],
        End: true,
      }),
    }),
    /States.ALL comes last/,
  ],
  [
    'two ways to wait',
    machine({ A: { Type: 'Wait', Seconds: 1, Timestamp: '2020', End: true } }),
    /either Seconds or Timestamp/,
  ],
  [
    'a reader of an inline map',
    machine({ A: map({ ToleratedFailureCount: 1 }) }),
    /ToleratedFailureCount but is no DISTRIBUTED map/,
  ],
  [
    'items from two places',
    machine({
      A: map(
        { Items: [1], ItemReader: { Resource: 'arn:aws:states:::s3:getObject', Arguments: {} } },
        distributed,
      ),
    }),
    /both Items and ItemReader/,
  ],
  [
    'a batcher without a size',
    machine({ A: map({ ItemBatcher: {} }, distributed) }),
    /MaxItemsPerBatch or/,
  ],
  [
    'a variable of the scope around',
    machine({
      A: { Type: 'Pass', Assign: { x: 1 }, Next: 'B' },
      B: {
        Type: 'Parallel',
        Branches: [{ StartAt: 'I', States: { I: { ...pass, Assign: { x: 2 } } } }],
        End: true,
      },
    }),
    /B\/ assigns \$x of an outer scope/,
  ],
];

describe('definitions', () => {
  it.each(refusals)('refuse %s', (_, definition, message) => {
    expect(() => parseDefinition(JSON.stringify(definition))).toThrow(message);
  });

  it('may use a name of a variable again in a distributed map, which sees none of those around', () => {
    const inner = { ...pass, Assign: { x: 2 } };
    const definition = machine({
      A: { Type: 'Pass', Assign: { x: 1 }, Next: 'B' },
      B: {
        Type: 'Map',
        ItemProcessor: { ProcessorConfig: distributed, StartAt: 'I', States: { I: inner } },
        End: true,
      },
    });
    expect(parseDefinition(JSON.stringify(definition)).StartAt).toBe('A');
  });
});
