import { Duration } from 'aws-cdk-lib';
import { expect, it } from 'vitest';
import { imageFunction } from '../../cdk/image-function.ts';
import { functionIdentity } from '../../cdk/role.ts';
import { _IMAGE, _only, _templateOf } from './_template.ts';

it('runs one handler of the image', () => {
  const template = _templateOf((stack) =>
    imageFunction(stack, 'f', {
      ...functionIdentity(stack, 'f', 'x'),
      image: { uri: _IMAGE },
      command: 'index.api',
      architecture: 'arm64',
      timeout: Duration.seconds(7),
    }),
  );
  const made = _only(template, 'AWS::Lambda::Function');
  expect(made).toMatchObject({
    Code: { ImageUri: _IMAGE },
    ImageConfig: { Command: ['index.api'] },
    Architectures: ['arm64'],
    Timeout: 7,
  });
  expect(made.Runtime).toBeUndefined();
  expect(made.Handler).toBeUndefined();
});
