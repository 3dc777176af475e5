/**
 * A GPU behind a function: Lambda on instances that Lambda itself starts in the sandbox. New in November 2026 and
 * not tried by us in AWS, hence behind a flag; the library's version here does not know the property yet.
 */
import { Duration } from 'aws-cdk-lib';
import { InstanceType } from 'aws-cdk-lib/aws-ec2';
import {
  Architecture,
  CapacityProvider,
  CfnFunction,
  InstanceTypeFilter,
  type Function as LambdaFunction,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { ContainerNetwork } from './container-network.ts';
import type { Image } from './image.ts';
import { imageFunction } from './image-function.ts';
import type { LaneSize } from './lanes.ts';
import type { Names } from './names.ts';
import { functionIdentity } from './role.ts';
import type { Sandbox } from './sandbox.ts';

/** Sizes that Lambda offers, in GiB. Below 16 it is a part of a device, on which latencies mean little. */
const ACCELERATOR_GB = [3, 6, 12, 16, 24, 48] as const;

export interface GpuFunctionOptions {
  readonly acceleratorGb?: (typeof ACCELERATOR_GB)[number];
  readonly memoryMb?: number;
  readonly instanceTypes?: readonly string[];
  readonly maxInstances?: number;
}

export interface GpuFunctionProps extends GpuFunctionOptions {
  readonly image: Image;
  readonly names: Names;
  readonly sandbox: Sandbox;
  readonly network: ContainerNetwork;
}

/** What the function has, with the defaults. */
export function gpuFunctionSize({ memoryMb }: GpuFunctionOptions): LaneSize {
  return { memoryMb: memoryMb ?? 8192, seconds: 900 };
}

/**
 * The function of the lane `gpu`. Its instances share a kernel, unlike other functions', so nothing else runs on
 * them, and one shard at a time in each.
 */
export class GpuFunction extends Construct {
  readonly function: LambdaFunction;

  constructor(scope: Construct, id: string, props: GpuFunctionProps) {
    super(scope, id);
    const size = gpuFunctionSize(props);
    const functionName = props.names.of('work-gpu');
    const provider = new CapacityProvider(this, 'Capacity', {
      capacityProviderName: props.names.of('gpu'),
      subnets: [...props.sandbox.vpc.isolatedSubnets],
      securityGroups: [props.network.securityGroup],
      architectures: [Architecture.X86_64],
      instanceTypeFilter: InstanceTypeFilter.allow(
        (props.instanceTypes ?? ['g6.xlarge']).map((type) => new InstanceType(type)),
      ),
    });
    this.function = imageFunction(this, 'work-gpu', {
      ...functionIdentity(this, 'work-gpu', functionName),
      functionName,
      description: 'Runs shards of uploaded models on a GPU, without any right',
      image: props.image,
      command: 'index.work',
      architecture: 'x86_64',
      memorySize: size.memoryMb,
      timeout: Duration.seconds(size.seconds),
      tracing: Tracing.DISABLED,
    });
    provider.addFunction(this.function, {
      perExecutionEnvironmentMaxConcurrency: 1,
      latestPublishedScalingConfig: {
        minExecutionEnvironments: 0,
        maxExecutionEnvironments: props.maxInstances ?? 2,
      },
    });
    const resource = this.function.node.defaultChild;
    if (!(resource instanceof CfnFunction)) throw new TypeError('a function without its resource');
    resource.addPropertyOverride('AcceleratorConfig', {
      AcceleratorMemorySize: props.acceleratorGb ?? 24,
    });
  }
}
