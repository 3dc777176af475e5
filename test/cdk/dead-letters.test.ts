import { expect, it } from 'vitest';
import { deadLetters } from '../../cdk/dead-letters.ts';
import { _only, _templateOf, _text } from './_template.ts';

it('keeps messages for two weeks, encrypted, by TLS only', () => {
  const template = _templateOf((stack) => deadLetters(stack, 'Dead'));
  expect(_only(template, 'AWS::SQS::Queue')).toEqual({
    MessageRetentionPeriod: 14 * 86_400,
    SqsManagedSseEnabled: true,
  });
  expect(_text(_only(template, 'AWS::SQS::QueuePolicy').PolicyDocument)).toContain(
    'Condition: Bool: aws:SecureTransport: false; Effect: Deny',
  );
});
