import { describe, expect, it } from 'vitest';
import { ContainerNetwork } from '../../cdk/container-network.ts';
import { GpuQueue, gpuJobSize } from '../../cdk/gpu-queue.ts';
import { _IMAGE, _only, _places, _sandbox, _templateOf } from './_template.ts';

const template = _templateOf((stack) => {
  const places = _places(stack);
  const sandbox = _sandbox(stack, places, true);
  new GpuQueue(stack, 'Queue', {
    image: { uri: _IMAGE },
    names: places.names,
    sandbox,
    network: new ContainerNetwork(stack, 'Network', sandbox, 'instances'),
  });
});

describe('GpuQueue', () => {
  it('has no instance while there is no job', () => {
    expect(_only(template, 'AWS::Batch::ComputeEnvironment').ComputeResources).toMatchObject({
      Type: 'SPOT',
      MinvCpus: 0,
      InstanceTypes: ['g6.xlarge', 'g5.xlarge'],
      Ec2Configuration: [{ ImageType: 'ECS_AL2023_NVIDIA' }],
    });
  });

  it('keeps the credentials of an instance from containers', () => {
    expect(_only(template, 'AWS::EC2::LaunchTemplate').LaunchTemplateData).toMatchObject({
      MetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: 1 },
      BlockDeviceMappings: [{ Ebs: { Encrypted: true, DeleteOnTermination: true } }],
    });
    expect(_only(template, 'AWS::Batch::JobDefinition').ContainerProperties).not.toHaveProperty(
      'JobRoleArn',
    );
  });

  it('gives a job one GPU and the size that the lane is told', () => {
    const { memoryMb, seconds } = gpuJobSize({});
    expect(_only(template, 'AWS::Batch::JobDefinition')).toMatchObject({
      JobDefinitionName: 'fettle-gpu',
      Timeout: { AttemptDurationSeconds: seconds },
      ContainerProperties: {
        Privileged: false,
        ResourceRequirements: [
          { Type: 'MEMORY', Value: String(memoryMb) },
          { Type: 'VCPU', Value: '4' },
          { Type: 'GPU', Value: '1' },
        ],
      },
    });
  });
});
