import { App } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import type { IConstruct } from 'constructs';
import { describe, expect, it } from 'vitest';
import { acknowledge, type Exception, exceptions } from '../../cdk/exceptions.ts';
import { FLAGS } from '../../cdk/flags.ts';
import { Names } from '../../cdk/names.ts';
import type { FettleStackProps } from '../../cdk/props.ts';
import { FettleStack } from '../../cdk/stack.ts';
import { _BareStack, _FULL, _findings, _GPU_FUNCTION, _PLAIN } from './_stacks.ts';
import { _inFolder } from './_template.ts';

const stackOf = (props: FettleStackProps) =>
  _inFolder((outdir) => new FettleStack(new App({ outdir, context: FLAGS }), 'Fettle', props));

function exceptionsOf(stack: FettleStack): readonly Exception[] {
  const bucketOf = (name: string): Bucket => {
    const bucket = at(stack, `${name}/Bucket`);
    if (!(bucket instanceof Bucket)) throw new Error(`${name} has no bucket`);
    return bucket;
  };
  const names = new Names(stack, 'fettle');
  return exceptions({ stack, names, inbox: bucketOf('Inbox'), outbox: bucketOf('Outbox') });
}

function at(stack: FettleStack, path: string): IConstruct | undefined {
  let construct: IConstruct | undefined = stack;
  for (const id of path.split('/')) construct = construct?.node.tryFindChild(id);
  return construct;
}

describe('cdk-nag and the library', () => {
  it.each([
    ['without any choice', _PLAIN],
    ['with everything', _FULL],
    ['with a GPU function', _GPU_FUNCTION],
  ])('find nothing that is not meant, %s', (_, props) => {
    expect(_findings(props)).toEqual([]);
  });

  it('find each exception somewhere, so that none outlives its reason', () => {
    const found = new Set([_FULL, _GPU_FUNCTION].flatMap((props) => _findings(props, _BareStack)));
    const stacks = [_FULL, _GPU_FUNCTION].map(stackOf);
    const excepted = exceptionsOf(stackOf(_FULL)).flatMap(({ finding, at: paths }) =>
      paths
        .filter((path) => stacks.some((stack) => at(stack, path)))
        .map((path) => `${finding} @ ${path}`),
    );
    expect(excepted.toSorted()).toEqual([...found].toSorted());
  });
});

it('no exception is for a construct that no stack has', () => {
  const arm = { ..._PLAIN, architecture: 'arm64', lanes: { alsoMeasureOn: ['x86_64'] } } as const;
  const stacks = [_FULL, _GPU_FUNCTION, arm].map(stackOf);
  const paths = exceptionsOf(stackOf(_FULL)).flatMap(({ at: own }) => own);
  expect(paths.filter((path) => !stacks.some((stack) => at(stack, path)))).toEqual([]);
});

it('acknowledge leaves out what a stack does not have', () => {
  const absent = [{ finding: 'AwsSolutions-X', at: ['Nothing/Here'], reason: 'absent' }];
  expect(() => acknowledge(stackOf(_PLAIN), absent)).not.toThrow();
});
