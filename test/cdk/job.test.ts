import { Repository } from 'aws-cdk-lib/aws-ecr';
import { describe, expect, it } from 'vitest';
import { jobContainer, jobRetries, jobTimeout } from '../../cdk/job.ts';
import { _emptyStack, _IMAGE, _statements, _templateOf } from './_template.ts';

it('jobRetries tries again what the machine is to blame for, and nothing that ended by itself', () => {
  const { retryAttempts, retryStrategies } = jobRetries();
  expect(retryAttempts).toBe(10);
  expect(retryStrategies.map(({ action, on }) => [action, on])).toEqual([
    ['RETRY', { onStatusReason: 'Host EC2*' }],
    ['RETRY', { onStatusReason: 'Your Spot Task*' }],
    ['RETRY', { onReason: 'CannotPullContainerError:*' }],
    ['EXIT', { onExitCode: '*' }],
  ]);
});

it('jobTimeout is six hours', () => {
  expect(jobTimeout(undefined).toHours()).toBe(6);
  expect(jobTimeout(2).toHours()).toBe(2);
});

describe('jobContainer', () => {
  const startRights = (isOurs: boolean): readonly string[] =>
    _statements(
      _templateOf((stack) => {
        const repository = Repository.fromRepositoryArn(
          stack,
          'Repo',
          'arn:aws:ecr:r:1:repository/f',
        );
        jobContainer(stack, { uri: _IMAGE, ...(isOurs && { repository }) }, '/log');
      }),
    ).map((line) => line.replace('<StartRole>: ', ''));

  it('is started with a role that pulls this image and writes this log', () => {
    expect(startRights(true)).toEqual([
      'Allow ecr:BatchCheckLayerAvailability, ecr:BatchGetImage, ecr:GetDownloadUrlForLayer on arn:aws:ecr:r:1:repository/f',
      'Allow ecr:GetAuthorizationToken on *',
      'Allow logs:CreateLogStream, logs:PutLogEvents on <Logs.Arn>',
    ]);
  });

  it('pulls from any repository of the account where only an address was given', () => {
    expect(startRights(false)[0]).toMatch(
      / on arn:<AWS::Partition>:ecr:<AWS::Region>:<AWS::AccountId>:repository\/\*$/,
    );
  });

  it('runs with no role at all', () => {
    expect(jobContainer(_emptyStack(), { uri: _IMAGE }, '/log')).not.toHaveProperty('jobRole');
  });
});
