import { describe, expect, it } from 'vitest';
import { Images } from '../../cdk/image.ts';
import { functionLanes, Lanes } from '../../cdk/lanes.ts';
import { Names } from '../../cdk/names.ts';
import { _IMAGE, _places, _sandbox, _statements, _templateOf } from './_template.ts';

describe('functionLanes', () => {
  it('are work, large and measure', () => {
    const lanes = functionLanes('x86_64', {});
    expect(
      Object.entries(lanes).map(([lane, { name, handler, memoryMb }]) => [
        lane,
        name,
        handler,
        memoryMb,
      ]),
    ).toEqual([
      ['work', 'work', 'work', 3538],
      ['large', 'work-large', 'work', 10_240],
      ['measure', 'measure', 'measure', 3538],
    ]);
  });

  it('measure on further architectures, each once', () => {
    const lanes = functionLanes('arm64', { alsoMeasureOn: ['arm64', 'x86_64'] });
    expect(lanes['measure-x86_64']).toMatchObject({ architecture: 'x86_64', handler: 'measure' });
    expect(Object.keys(lanes)).toHaveLength(4);
  });

  it('refuse to measure with less than two CPUs', () => {
    expect(() => functionLanes('x86_64', { measureMemoryMb: 3537 })).toThrow(
      'measuring needs two whole CPUs: give measureMemoryMb at least 3538, not 3537',
    );
  });
});

describe('Lanes', () => {
  const template = _templateOf((stack) => {
    const places = _places(stack);
    new Lanes(stack, 'L', {
      lanes: functionLanes('x86_64', { workMemoryMb: 2000, alsoMeasureOn: ['arm64'] }),
      images: new Images(stack, 'x86_64', { x86_64: _IMAGE, arm64: `${_IMAGE}-arm64` }),
      names: new Names(stack, 'fettle'),
      sandbox: _sandbox(stack, places),
    });
  });
  const functions = Object.values(template.findResources('AWS::Lambda::Function'));

  it('run the image of their architecture', () => {
    expect(
      functions.map(({ Properties: one }) => [
        one.FunctionName,
        one.ImageConfig.Command[0],
        one.MemorySize,
        one.Code.ImageUri,
      ]),
    ).toEqual([
      ['fettle-work', 'index.work', 2000, _IMAGE],
      ['fettle-work-large', 'index.work', 10_240, _IMAGE],
      ['fettle-measure', 'index.measure', 3538, _IMAGE],
      ['fettle-measure-arm64', 'index.measure', 3538, `${_IMAGE}-arm64`],
    ]);
  });

  it('are told nothing, trace nothing, and sit in the sandbox', () => {
    for (const { Properties: one } of functions) {
      expect(one.Environment).toBeUndefined();
      expect(one.TracingConfig).toBeUndefined();
      expect(one.VpcConfig.SubnetIds).toHaveLength(2);
      expect(one.VpcConfig.SecurityGroupIds).toHaveLength(1);
      expect(one).toMatchObject({ Timeout: 900, EphemeralStorage: { Size: 10_240 } });
    }
  });

  it('may write their logs, and nothing else by themselves', () => {
    const statements = _statements(template).filter((line) => line.startsWith('<Lwork'));
    const large = statements.filter((line) => line.startsWith('<LworklargeRole>'));
    expect(statements).toHaveLength(6);
    expect(large.map((line) => line.replace('<LworklargeRole>: ', ''))).toEqual([
      expect.stringMatching(/^Allow ec2:[\w, :]*NetworkInterface[\w, :]* on \*$/),
      'Allow logs:CreateLogStream, logs:PutLogEvents on <LworklargeLogs.Arn>',
      'Deny ec2:* on * if ArnEquals: lambda:SourceFunctionArn: arn:<AWS::Partition>:lambda:<AWS::Region>:<AWS::AccountId>:function:fettle-work-large',
    ]);
    for (const role of Object.values(template.findResources('AWS::IAM::Role')))
      expect(role.Properties.ManagedPolicyArns).toBeUndefined();
  });
});
