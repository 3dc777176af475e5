import { describe, expect, it } from 'vitest';
import { ContainerNetwork } from '../../cdk/container-network.ts';
import { CpuQueue, type CpuQueueOptions, cpuJobSize } from '../../cdk/cpu-queue.ts';
import { _IMAGE, _only, _places, _sandbox, _templateOf, _text } from './_template.ts';

const make = (options: CpuQueueOptions = {}) =>
  _templateOf((stack) => {
    const places = _places(stack);
    const sandbox = _sandbox(stack, places, true);
    new CpuQueue(stack, 'Queue', {
      ...options,
      image: { uri: _IMAGE },
      architecture: 'arm64',
      names: places.names,
      sandbox,
      network: new ContainerNetwork(stack, 'Network', sandbox, 'fargate'),
    });
  });

describe('CpuQueue', () => {
  const template = make();

  it('runs on Fargate Spot without a public address', () => {
    expect(_only(template, 'AWS::Batch::ComputeEnvironment').ComputeResources).toMatchObject({
      Type: 'FARGATE_SPOT',
      MaxvCpus: 64,
      Subnets: [expect.anything(), expect.anything()],
    });
    expect(_only(template, 'AWS::Batch::JobDefinition')).toMatchObject({
      JobDefinitionName: 'fettle-batch',
      PlatformCapabilities: ['FARGATE'],
      Timeout: { AttemptDurationSeconds: 6 * 3600 },
      RetryStrategy: { Attempts: 10 },
      ContainerProperties: {
        Command: ['batch'],
        Image: _IMAGE,
        NetworkConfiguration: { AssignPublicIp: 'DISABLED' },
        EphemeralStorage: { SizeInGiB: 100 },
        RuntimePlatform: { CpuArchitecture: 'ARM64' },
      },
    });
  });

  it('gives a job a role to be started with, and none to run with', () => {
    const { ContainerProperties: container } = _only(template, 'AWS::Batch::JobDefinition') as {
      ContainerProperties: Record<string, unknown>;
    };
    expect(container.JobRoleArn).toBeUndefined();
    expect(_text(container.ExecutionRoleArn)).toBe('<QueueStartRole.Arn>');
  });

  it('tells the lane the size that the job has', () => {
    for (const options of [{}, { memoryGb: 60, cpus: 8, hours: 1 }]) {
      const job = _only(make(options), 'AWS::Batch::JobDefinition') as {
        Timeout: { AttemptDurationSeconds: number };
        ContainerProperties: { ResourceRequirements: { Type: string; Value: string }[] };
      };
      const of = (type: string) =>
        job.ContainerProperties.ResourceRequirements.find(({ Type }) => Type === type)?.Value;
      expect(of('VCPU')).toBe(String(options.cpus ?? 4));
      expect({
        memoryMb: Number(of('MEMORY')),
        seconds: job.Timeout.AttemptDurationSeconds,
      }).toEqual(cpuJobSize(options));
    }
  });
});
