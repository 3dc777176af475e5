import { describe, expect, it } from 'vitest';
import { ContainerNetwork } from '../../cdk/container-network.ts';
import { GpuFunction, gpuFunctionSize } from '../../cdk/gpu-function.ts';
import { _IMAGE, _only, _places, _sandbox, _statements, _templateOf } from './_template.ts';

const template = _templateOf((stack) => {
  const places = _places(stack);
  const sandbox = _sandbox(stack, places, true);
  new GpuFunction(stack, 'Gpu', {
    acceleratorGb: 48,
    image: { uri: _IMAGE },
    names: places.names,
    sandbox,
    network: new ContainerNetwork(stack, 'Network', sandbox, 'fargate'),
  });
});

describe('GpuFunction', () => {
  it('asks for an accelerator, on instances that go when nothing runs, one shard at a time', () => {
    expect(_only(template, 'AWS::Lambda::Function')).toMatchObject({
      FunctionName: 'fettle-work-gpu',
      AcceleratorConfig: { AcceleratorMemorySize: 48 },
      Architectures: ['x86_64'],
      PackageType: 'Image',
      MemorySize: gpuFunctionSize({}).memoryMb,
      FunctionScalingConfig: { MinExecutionEnvironments: 0, MaxExecutionEnvironments: 2 },
      CapacityProviderConfig: {
        LambdaManagedInstancesCapacityProviderConfig: { PerExecutionEnvironmentMaxConcurrency: 1 },
      },
    });
  });

  it('runs on instances of the sandbox', () => {
    expect(_only(template, 'AWS::Lambda::CapacityProvider')).toMatchObject({
      VpcConfig: {
        SubnetIds: [expect.anything(), expect.anything()],
        SecurityGroupIds: [expect.anything()],
      },
      InstanceRequirements: { AllowedInstanceTypes: ['g6.xlarge'], Architectures: ['x86_64'] },
    });
  });

  it('may write its log and nothing else', () => {
    expect(_statements(template).filter((line) => line.startsWith('<Gpuworkgpu'))).toEqual([
      '<GpuworkgpuRole>: Allow logs:CreateLogStream, logs:PutLogEvents on <GpuworkgpuLogs.Arn>',
    ]);
  });
});
