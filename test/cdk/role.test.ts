import { describe, expect, it } from 'vitest';
import { allowNetworkInterfaces, eventBusArn, functionIdentity } from '../../cdk/role.ts';
import { _emptyStack, _only, _statements, _templateOf, _text } from './_template.ts';

describe('functionIdentity', () => {
  const template = _templateOf((stack) => functionIdentity(stack, 'f', 'fettle-f'));

  it('may write its own log and do nothing else', () => {
    expect(_statements(template)).toEqual([
      '<fRole>: Allow logs:CreateLogStream, logs:PutLogEvents on <fLogs.Arn>',
    ]);
    expect(_only(template, 'AWS::IAM::Role').ManagedPolicyArns).toBeUndefined();
  });

  it('keeps the log for a month', () => {
    template.hasResourceProperties('AWS::Logs::LogGroup', {
      LogGroupName: '/aws/lambda/fettle-f',
      RetentionInDays: 30,
    });
  });
});

it('allowNetworkInterfaces lets Lambda make interfaces, and not the code', () => {
  const template = _templateOf((stack) =>
    allowNetworkInterfaces(functionIdentity(stack, 'f', 'fettle-f').role, 'arn:f'),
  );
  expect(_statements(template)).toEqual([
    '<fRole>: Allow ec2:AssignPrivateIpAddresses, ec2:CreateNetworkInterface, ec2:DeleteNetworkInterface, ec2:DescribeNetworkInterfaces, ec2:DescribeSubnets, ec2:UnassignPrivateIpAddresses on *',
    '<fRole>: Allow logs:CreateLogStream, logs:PutLogEvents on <fLogs.Arn>',
    '<fRole>: Deny ec2:* on * if ArnEquals: lambda:SourceFunctionArn: arn:f',
  ]);
});

it('eventBusArn is of this account', () => {
  expect(_text(_emptyStack().resolve(eventBusArn('models')))).toBe(
    'arn:<AWS::Partition>:events:<AWS::Region>:<AWS::AccountId>:event-bus/models',
  );
});
