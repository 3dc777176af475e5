import { describe, expect, it } from 'vitest';
import { forTrusted, Names } from '../../cdk/names.ts';
import { _emptyStack, _text } from './_template.ts';

const stack = _emptyStack();
const names = new Names(stack, 'acme');
const arn = (value: string): string => _text(stack.resolve(value));

describe('Names', () => {
  it('begin with the prefix', () => {
    expect(names.of('work')).toBe('acme-work');
    expect(arn(names.functionArn('work'))).toBe(
      'arn:<AWS::Partition>:lambda:<AWS::Region>:<AWS::AccountId>:function:acme-work',
    );
    expect(arn(names.machineArn('gather'))).toMatch(/:states:.*:stateMachine:acme-gather$/);
    expect(arn(names.executionArns('gather'))).toMatch(/:execution:acme-gather:\*$/);
    expect(arn(names.childExecutionArns('gather'))).toMatch(/:execution:acme-gather\/\*$/);
  });

  it.each(['', 'Acme', '1a', 'a_b', 'a'.repeat(33), 'a*'])('refuse the prefix %j', (prefix) => {
    expect(() => new Names(stack, prefix)).toThrow('1 to 32 of a-z, 0-9 and -');
  });
});

it('forTrusted makes one for each', () => {
  expect(Object.values(forTrusted((name) => name))).toEqual([
    'ingest',
    'gather',
    'advance',
    'publish',
    'api',
    'rerun',
  ]);
});
