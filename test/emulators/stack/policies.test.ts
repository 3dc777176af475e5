import { describe, expect, it } from 'vitest';
import type { Json } from '../states/json.ts';
import { Policies } from './policies.ts';
import { Resolver } from './resolve.ts';
import { parseTemplate } from './template.ts';

function policiesOf(...Statement: readonly Json[]): Policies {
  const template = parseTemplate({
    Resources: {
      Role: { Type: 'AWS::IAM::Role', Properties: { RoleName: 'work' } },
      Policy: {
        Type: 'AWS::IAM::Policy',
        Properties: { Roles: [{ Ref: 'Role' }], PolicyDocument: { Statement } },
      },
    },
  });
  return new Policies(new Resolver({ template, region: 'r', account: 'a', stackName: 's' }));
}
const allow = { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::b/*' };
const read = { action: 's3:GetObject', resource: 'arn:aws:s3:::b/k/x' };

describe('policies', () => {
  it.each<[string, readonly Json[], boolean]>([
    ['nothing', [], false],
    ['what is allowed', [allow], true],
    ['another action', [{ ...allow, Action: ['s3:PutObject', 's3:GetObjectVersion'] }], false],
    ['one of several', [{ ...allow, Action: ['s3:PutObject', 's3:getobject'] }], true],
    ['a wildcard action', [{ ...allow, Action: 's3:Get*' }], true],
    ['another place', [{ ...allow, Resource: 'arn:aws:s3:::b' }], false],
    ['a place like it', [{ ...allow, Resource: 'arn:aws:s3:::b/?/x' }], true],
    ['a dot is a dot', [{ ...allow, Resource: 'arn:aws:s3:::.*' }], false],
    ['denied after all', [allow, { ...allow, Effect: 'Deny' }], false],
    ['denied elsewhere', [allow, { ...allow, Effect: 'Deny', Resource: 'arn:other' }], true],
    [
      'a condition that holds',
      [{ ...allow, Condition: { StringEquals: { k: ['v', 'w'] } } }],
      true,
    ],
    ['a condition that does not', [{ ...allow, Condition: { StringEquals: { k: 'x' } } }], false],
    ['a pattern that holds', [{ ...allow, Condition: { StringLike: { k: 'v*' } } }], true],
    ['a condition on the unknown', [{ ...allow, Condition: { Bool: { other: 'true' } } }], false],
    [
      'denied on the unknown',
      [allow, { ...allow, Effect: 'Deny', Condition: { Bool: { other: 'true' } } }],
      true,
    ],
  ])('%s', (_, statements, expected) => {
    const question = { ...read, context: { k: 'v' } };
    expect(policiesOf(...statements).allows('work', question)).toBe(expected);
  });

  it('give nothing to a stranger', () => {
    expect(policiesOf(allow).allows('stranger', read)).toBe(false);
  });

  it.each<[Json, RegExp]>([
    [{ Effect: 'Allow', NotAction: 's3:*', Resource: '*' }, /knows no NotAction/],
    [{ ...allow, Condition: { IpAddress: { k: '::1' } } }, /knows no condition IpAddress/],
  ])('that are not understood throw: %j', (statement, message) => {
    const ask = () => policiesOf(statement).allows('work', { ...read, context: { k: 'v' } });
    expect(ask).toThrow(message);
  });
});
