import { describe, expect, it } from 'vitest';
import { Functions } from '../../cdk/functions.ts';
import { _IMAGE, _places, _statements, _templateOf } from './_template.ts';

const template = _templateOf((stack) => {
  new Functions(stack, 'F', {
    places: _places(stack),
    image: { uri: _IMAGE },
    architecture: 'arm64',
    environment: { FETTLE_INBOX: 'in' },
  });
});
const functions = Object.values(template.findResources('AWS::Lambda::Function')).map(
  ({ Properties: properties }) => properties,
);

describe('Functions', () => {
  it('are one image with a handler each', () => {
    expect(
      functions.map((one) => [
        one.FunctionName,
        one.ImageConfig.Command,
        one.MemorySize,
        one.Timeout,
      ]),
    ).toEqual([
      ['fettle-ingest', ['index.ingest'], 512, 30],
      ['fettle-gather', ['index.gather'], 1024, 300],
      ['fettle-advance', ['index.advance'], 3538, 900],
      ['fettle-publish', ['index.publish'], 2048, 900],
      ['fettle-api', ['index.api'], 1024, 60],
      ['fettle-rerun', ['index.rerun'], 1024, 900],
    ]);
    for (const one of functions)
      expect(one).toMatchObject({
        PackageType: 'Image',
        Code: { ImageUri: _IMAGE },
        Architectures: ['arm64'],
        TracingConfig: { Mode: 'Active' },
        Environment: { Variables: { FETTLE_INBOX: 'in' } },
      });
  });

  it('hold what permissions.ts says, logs and traces, and no managed policy', () => {
    expect(_statements(template).filter((line) => line.startsWith('<FingestRole>'))).toEqual([
      '<FingestRole>: Allow logs:CreateLogStream, logs:PutLogEvents on <FingestLogs.Arn>',
      '<FingestRole>: Allow states:StartExecution on arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:stateMachine:fettle-gather',
      '<FingestRole>: Allow xray:PutTelemetryRecords, xray:PutTraceSegments on *',
    ]);
    for (const role of Object.values(template.findResources('AWS::IAM::Role')))
      expect(role.Properties.ManagedPolicyArns).toBeUndefined();
  });
});
