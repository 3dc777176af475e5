/** Shards that need a GPU: AWS Batch on instances that are started for a job and stopped after it. */
import { Size } from 'aws-cdk-lib';
import {
  EcsEc2ContainerDefinition,
  EcsMachineImageType,
  ManagedEc2EcsComputeEnvironment,
} from 'aws-cdk-lib/aws-batch';
import {
  BlockDeviceVolume,
  EbsDeviceVolumeType,
  InstanceType,
  LaunchTemplate,
  LaunchTemplateHttpTokens,
  SubnetType,
} from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import type { ContainerNetwork } from './container-network.ts';
import type { Image } from './image.ts';
import { jobContainer, jobLane, jobTimeout } from './job.ts';
import type { LaneSize } from './lanes.ts';
import type { JobLane } from './machine.ts';
import type { Names } from './names.ts';
import type { Sandbox } from './sandbox.ts';

export interface GpuQueueOptions {
  readonly instanceTypes?: readonly string[];
  readonly cpus?: number;
  /** Memory of a job in GiB, less than the instance's, which keeps some for itself. */
  readonly memoryGb?: number;
  readonly maxCpus?: number;
  readonly hours?: number;
}

export interface GpuQueueProps extends GpuQueueOptions {
  readonly image: Image;
  readonly names: Names;
  readonly sandbox: Sandbox;
  readonly network: ContainerNetwork;
}

/** What a job of this queue has, with the defaults. */
export function gpuJobSize({ memoryGb, hours }: GpuQueueOptions): LaneSize {
  return { memoryMb: (memoryGb ?? 14) * 1024, seconds: jobTimeout(hours).toSeconds() };
}

/** Queue and job definition of the lane `gpu`. Nothing runs, and nothing is paid, while there is no job. */
export class GpuQueue extends Construct {
  readonly lane: JobLane;

  constructor(scope: Construct, id: string, props: GpuQueueProps) {
    super(scope, id);
    const name = props.names.of('gpu');
    const environment = new ManagedEc2EcsComputeEnvironment(this, 'Compute', {
      vpc: props.sandbox.vpc,
      vpcSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED },
      securityGroups: [props.network.securityGroup],
      images: [{ imageType: EcsMachineImageType.ECS_AL2023_NVIDIA }],
      instanceTypes: (props.instanceTypes ?? ['g6.xlarge', 'g5.xlarge']).map(
        (type) => new InstanceType(type),
      ),
      useOptimalInstanceClasses: false,
      spot: true,
      minvCpus: 0,
      maxvCpus: props.maxCpus ?? 16,
      launchTemplate: new LaunchTemplate(this, 'Instance', {
        // One hop: a container asks in vain for the instance's credentials.
        httpTokens: LaunchTemplateHttpTokens.REQUIRED,
        httpPutResponseHopLimit: 1,
        blockDevices: [
          {
            deviceName: '/dev/xvda',
            volume: BlockDeviceVolume.ebs(100, {
              volumeType: EbsDeviceVolumeType.GP3,
              encrypted: true,
              deleteOnTermination: true,
            }),
          },
        ],
      }),
    });
    this.lane = jobLane(this, {
      name,
      environment,
      hours: props.hours,
      container: () =>
        new EcsEc2ContainerDefinition(this, 'Container', {
          ...jobContainer(this, props.image, `/aws/batch/${name}`),
          cpu: props.cpus ?? 4,
          memory: Size.gibibytes(props.memoryGb ?? 14),
          gpu: 1,
          privileged: false,
        }),
    });
  }
}
