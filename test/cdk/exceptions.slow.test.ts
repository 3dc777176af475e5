import { App } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { describe, expect, it } from 'vitest';
import { acknowledge, exceptions } from '../../cdk/exceptions.ts';
import { FLAGS } from '../../cdk/flags.ts';
import { Names } from '../../cdk/names.ts';
import { FettleStack } from '../../cdk/stack.ts';
import { _BareStack, _FULL, _findings, _PLAIN } from './_stacks.ts';

/** All exceptions of a stack, as findings are written. */
function excepted(stack: FettleStack, has: (path: string) => boolean): readonly string[] {
  const bucketOf = (name: string): Bucket => {
    const bucket = stack.node.findChild(name).node.findChild('Bucket');
    if (!(bucket instanceof Bucket)) throw new Error(`${name} has no bucket`);
    return bucket;
  };
  return exceptions({
    stack,
    names: new Names(stack, 'fettle'),
    inbox: bucketOf('Inbox'),
    outbox: bucketOf('Outbox'),
  })
    .flatMap(({ finding, at }) => at.filter(has).map((path) => `${finding} @ ${path}`))
    .toSorted();
}

describe('AwsSolutions of cdk-nag', () => {
  it.each([
    ['without any choice', _PLAIN],
    ['with everything', _FULL],
    ['with a GPU function', { ..._FULL, gpuQueue: undefined, gpuFunction: {} }],
  ])('finds nothing that is not meant, %s', (_, { gpuQueue, ...props }) => {
    expect(_findings({ ...props, ...(gpuQueue && { gpuQueue }) })).toEqual([]);
  });

  it('finds each exception, so that none outlives its reason', () => {
    const stack = new FettleStack(new App({ context: FLAGS }), 'Fettle', _FULL);
    // Measuring besides what arm64 stacks run on is the other way round here.
    const here = (path: string): boolean => !path.includes('measure-x86_64');
    expect(_findings(_FULL, _BareStack)).toEqual(excepted(stack, here));
  });

  it('fails for what is not acknowledged', () => {
    expect(_findings(_PLAIN, _BareStack)).toContain('AwsSolutions-S1 @ Inbox/Bucket');
  });
});

it('acknowledge leaves out what a stack does not have', () => {
  const stack = new FettleStack(new App({ context: FLAGS }), 'Fettle', _PLAIN);
  const absent = [{ finding: 'AwsSolutions-X', at: ['Nothing/Here'], reason: 'absent' }];
  expect(() => acknowledge(stack, absent)).not.toThrow();
});
