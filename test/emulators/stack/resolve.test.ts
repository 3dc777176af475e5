import { describe, expect, it } from 'vitest';
import type { Json } from '../states/json.ts';
import { Resolver } from './resolve.ts';
import { parseTemplate } from './template.ts';

/** `${Name}` of `Fn::Sub`. */
const at = (name: string): string => `\${${name}}`;

const template = parseTemplate({
  Parameters: { Stage: { Default: 'test' }, Given: { Type: 'String' } },
  Mappings: { Zones: { test: { name: 'near' } } },
  Conditions: {
    IsTest: { 'Fn::Equals': [{ Ref: 'Stage' }, 'test'] },
    IsLive: { 'Fn::Not': [{ Condition: 'IsTest' }] },
    Both: { 'Fn::And': [{ Condition: 'IsTest' }, { Condition: 'IsLive' }] },
    Either: { 'Fn::Or': [{ Condition: 'IsTest' }, { Condition: 'IsLive' }] },
  },
  Resources: {
    Inbox: { Type: 'AWS::S3::Bucket' },
    Named: {
      Type: 'AWS::S3::Bucket',
      Properties: { BucketName: { 'Fn::Sub': `b-${at('Stage')}` } },
    },
    Work: { Type: 'AWS::Lambda::Function', Properties: { FunctionName: 'work' } },
    Version: { Type: 'AWS::Lambda::Version', Properties: { FunctionName: { Ref: 'Work' } } },
    Alias: {
      Type: 'AWS::Lambda::Alias',
      Properties: { FunctionName: { Ref: 'Work' }, Name: 'live' },
    },
    Jobs: { Type: 'AWS::SQS::Queue' },
    Machine: { Type: 'AWS::StepFunctions::StateMachine', Properties: { StateMachineName: 'm' } },
    Group: { Type: 'AWS::EC2::SecurityGroup' },
    Live: { Type: 'AWS::SQS::Queue', Condition: 'IsLive' },
    Test: {
      Type: 'AWS::SQS::Queue',
      Condition: 'IsTest',
      Properties: { A: { Ref: 'AWS::NoValue' }, B: 1 },
    },
  },
  Outputs: { Where: { Value: { 'Fn::GetAtt': ['Named', 'Arn'] } } },
});
const resolver = new Resolver({
  template,
  region: 'us-east-1',
  account: '123456789012',
  stackName: 'Little',
  parameters: { Given: 'g' },
});
const here = 'us-east-1:123456789012';

describe('references of a template', () => {
  it.each<[Json, Json]>([
    [{ Ref: 'AWS::Region' }, 'us-east-1'],
    [{ Ref: 'AWS::StackId' }, `arn:aws:cloudformation:${here}:stack/Little/emulated`],
    [{ Ref: 'Stage' }, 'test'],
    [{ Ref: 'Given' }, 'g'],
    [{ Ref: 'Inbox' }, 'inbox'],
    [{ Ref: 'Named' }, 'b-test'],
    [{ 'Fn::GetAtt': ['Named', 'Arn'] }, 'arn:aws:s3:::b-test'],
    [{ 'Fn::GetAtt': 'Work.Arn' }, `arn:aws:lambda:${here}:function:work`],
    [{ Ref: 'Version' }, `arn:aws:lambda:${here}:function:work:1`],
    [{ 'Fn::GetAtt': ['Version', 'Version'] }, '1'],
    [{ Ref: 'Alias' }, `arn:aws:lambda:${here}:function:work:live`],
    [{ Ref: 'Jobs' }, 'https://sqs.us-east-1.amazonaws.com/123456789012/Jobs'],
    [{ 'Fn::GetAtt': ['Jobs', 'Arn'] }, `arn:aws:sqs:${here}:Jobs`],
    [{ Ref: 'Machine' }, `arn:aws:states:${here}:stateMachine:m`],
    [{ 'Fn::GetAtt': ['Group', 'GroupId'] }, 'Group.GroupId'],
    [{ 'Fn::Join': ['-', ['a', { Ref: 'Stage' }, 1]] }, 'a-test-1'],
    [
      { 'Fn::Sub': `${['AWS::Region', 'Named', 'Work.Arn', '!Kept'].map(at).join('/')}` },
      `us-east-1/b-test/arn:aws:lambda:${here}:function:work/\${Kept}`,
    ],
    [{ 'Fn::Sub': [`${at('X')}${at('Stage')}`, { X: { Ref: 'Given' } }] }, 'gtest'],
    [{ 'Fn::Select': [1, { 'Fn::Split': [':', 'a:b:c'] }] }, 'b'],
    [{ 'Fn::Select': ['0', { 'Fn::GetAZs': '' }] }, 'us-east-1a'],
    [{ 'Fn::FindInMap': ['Zones', { Ref: 'Stage' }, 'name'] }, 'near'],
    [{ 'Fn::If': ['IsTest', 1, 2] }, 1],
    [{ 'Fn::If': ['Both', 1, 2] }, 2],
    [{ 'Fn::If': ['Either', { Ref: 'Stage' }, 2] }, 'test'],
    [
      [1, { Ref: 'AWS::NoValue' }, { a: { Ref: 'AWS::NoValue' }, b: 2 }],
      [1, { b: 2 }],
    ],
    [
      { Ref: 'Stage', Other: 1 },
      { Ref: 'Stage', Other: 1 },
    ],
  ])('%j is %j', (value, expected) => {
    expect(resolver.resolve(value, 'here')).toEqual(expected);
  });

  it.each<[Json, RegExp]>([
    [{ Ref: 'Nothing' }, /no Nothing/],
    [{ 'Fn::ImportValue': 'x' }, /here: the emulator knows no Fn::ImportValue/],
    [{ 'Fn::Select': [5, ['a']] }, /finds nothing at 5/],
    [{ 'Fn::Join': ['', 'text'] }, /a list is needed/],
    [{ 'Fn::FindInMap': ['Zones', 'live', 'name'] }, /no mapping Zones.live.name/],
    [{ 'Fn::If': ['Unknown', 1, 2] }, /no condition Unknown/],
  ])('%j throws', (value, message) => {
    expect(() => resolver.resolve(value, 'here')).toThrow(message);
  });

  it('needs every parameter', () => {
    const bare = new Resolver({ template, region: 'r', account: 'a', stackName: 's' });
    expect(() => bare.resolve({ Ref: 'Given' }, 'here')).toThrow('parameter Given needs a value');
  });

  it('leave out what is not created', () => {
    expect(resolver.ids('AWS::SQS::Queue')).toEqual(['Jobs', 'Test']);
    expect(resolver.types()).toHaveLength(9);
    expect(resolver.properties('Test')).toEqual({ B: 1 });
  });

  it('give the outputs', () => {
    expect(resolver.outputs()).toEqual({ Where: 'arn:aws:s3:::b-test' });
  });
});
