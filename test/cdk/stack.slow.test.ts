import { describe, expect, it } from 'vitest';
import { _FULL, _PLAIN, _readable, _synthesize } from './_stacks.ts';
import { _statements } from './_template.ts';

/** What is paid by the hour or month, used or not. */
const PAID_IDLE = [
  'AWS::EC2::NatGateway',
  'AWS::EC2::EIP',
  'AWS::EC2::Instance',
  'AWS::KMS::Key',
  'AWS::CloudWatch::Dashboard',
  'AWS::ECS::Service',
  'AWS::DynamoDB::Table',
  'AWS::EFS::FileSystem',
];

const template = _synthesize(_PLAIN);
const full = _synthesize(_FULL);

describe('FettleStack without any choice', () => {
  it('is this template', async () => {
    await expect(_readable(template.toJSON())).toMatchFileSnapshot('golden/template.json');
  });

  it('costs nothing while nothing happens', () => {
    for (const type of PAID_IDLE) template.resourceCountIs(type, 0);
    const endpoints = Object.values(template.findResources('AWS::EC2::VPCEndpoint'));
    expect(endpoints.map(({ Properties: one }) => one.VpcEndpointType)).toEqual(['Gateway']);
  });

  it('brings no function of the library along', () => {
    const own = /^fettle-(ingest|gather|advance|publish|api|rerun|work|work-large|measure)$/;
    const names = Object.values(template.findResources('AWS::Lambda::Function')).map(
      ({ Properties: one }) => String(one.FunctionName),
    );
    expect(names.filter((name) => !own.test(name))).toEqual([]);
    expect(names).toHaveLength(9);
    expect(
      Object.values(full.toJSON().Resources).map((one) => String(Object(one).Type)),
    ).not.toContain('AWS::CloudFormation::CustomResource');
  });

  it('tells where things are', () => {
    expect(Object.keys(template.toJSON().Outputs)).toEqual([
      'InboxName',
      'OutboxName',
      'ApiFunction',
    ]);
  });
});

describe('FettleStack with everything', () => {
  it('may do exactly this', async () => {
    await expect(`${_statements(full).join('\n')}\n`).toMatchFileSnapshot('golden/permissions.txt');
  });

  it('uses a managed policy only where an instance joins its cluster', () => {
    const managed = Object.values(full.findResources('AWS::IAM::Role')).flatMap(
      ({ Properties: role }) => role.ManagedPolicyArns ?? [],
    );
    expect(managed).toHaveLength(1);
    expect(JSON.stringify(managed)).toContain('AmazonEC2ContainerServiceforEC2Role');
  });

  it('keeps models, and the key that opens them, when the stack goes', () => {
    for (const type of ['AWS::S3::Bucket', 'AWS::KMS::Key'])
      for (const one of Object.values(full.findResources(type)))
        expect(one).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
  });

  it('has every resource tagged that can be', () => {
    const untagged = Object.values(full.toJSON().Resources)
      .map((one) => Object(one))
      .filter(({ Type: type }) =>
        /::(Bucket|Function|StateMachine|Queue|Role|LogGroup)$/.test(type),
      )
      .filter(
        ({ Properties: one }) => !JSON.stringify(one.Tags ?? one.tags ?? '').includes('fettle'),
      );
    expect(untagged).toEqual([]);
  });

  it('opens both buckets with the key to those who need it', () => {
    const keyed = _statements(full).filter((line) => line.includes('kms:'));
    expect(keyed.map((line) => /<(?:Functions|Machine)(\w+)Role>/.exec(line)?.[1])).toEqual([
      'advance',
      'api',
      'gather',
      'publish',
      'rerun',
      'optimize',
    ]);
  });
});

it('can be told to do without schedule and alarms', () => {
  const least = _synthesize({ ..._PLAIN, schedule: false, watch: false });
  least.resourceCountIs('AWS::Scheduler::Schedule', 0);
  least.resourceCountIs('AWS::CloudWatch::Alarm', 0);
  least.resourceCountIs('AWS::SQS::Queue', 3);
});

it('has names of its own for a second stack in the same account', () => {
  const second = JSON.stringify(_synthesize({ ..._PLAIN, name: 'second' }).toJSON());
  expect(second).not.toMatch(/[":/]fettle-/);
  expect(second).toContain('second-optimize');
});
