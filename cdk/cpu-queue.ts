/** Shards that need more than 15 minutes or 10 GB: AWS Batch on Fargate Spot, in the sandbox. */
import { Size } from 'aws-cdk-lib';
import { EcsFargateContainerDefinition, FargateComputeEnvironment } from 'aws-cdk-lib/aws-batch';
import { SubnetType } from 'aws-cdk-lib/aws-ec2';
import { CpuArchitecture, OperatingSystemFamily } from 'aws-cdk-lib/aws-ecs';
import { Construct } from 'constructs';
import type { ContainerNetwork } from './container-network.ts';
import type { ArchitectureName, Image } from './image.ts';
import { jobContainer, jobLane, jobTimeout } from './job.ts';
import type { LaneSize } from './lanes.ts';
import type { JobLane } from './machine.ts';
import type { Names } from './names.ts';
import type { Sandbox } from './sandbox.ts';

export interface CpuQueueOptions {
  /** CPUs of a job: 1, 2, 4, 8 or 16. */
  readonly cpus?: number;
  /** Memory of a job in GiB; Fargate allows 2 to 8 for each CPU, but for some combinations. */
  readonly memoryGb?: number;
  readonly diskGb?: number;
  /** CPUs of all jobs at once. */
  readonly maxCpus?: number;
  /** Longest time of one attempt. */
  readonly hours?: number;
}

export interface CpuQueueProps extends CpuQueueOptions {
  readonly image: Image;
  readonly architecture: ArchitectureName;
  readonly names: Names;
  readonly sandbox: Sandbox;
  readonly network: ContainerNetwork;
}

const ARCHITECTURES: Readonly<Record<ArchitectureName, CpuArchitecture>> = {
  x86_64: CpuArchitecture.X86_64,
  arm64: CpuArchitecture.ARM64,
};

/** What a job of this queue has, with the defaults. */
export function cpuJobSize({ memoryGb, hours }: CpuQueueOptions): LaneSize {
  return { memoryMb: (memoryGb ?? 30) * 1024, seconds: jobTimeout(hours).toSeconds() };
}

/** Queue and job definition of the lane `batch`. */
export class CpuQueue extends Construct {
  readonly lane: JobLane;

  constructor(scope: Construct, id: string, props: CpuQueueProps) {
    super(scope, id);
    const name = props.names.of('batch');
    const environment = new FargateComputeEnvironment(this, 'Compute', {
      vpc: props.sandbox.vpc,
      vpcSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED },
      securityGroups: [props.network.securityGroup],
      spot: true,
      maxvCpus: props.maxCpus ?? 64,
    });
    this.lane = jobLane(this, {
      name,
      environment,
      hours: props.hours,
      container: () =>
        new EcsFargateContainerDefinition(this, 'Container', {
          ...jobContainer(this, props.image, `/aws/batch/${name}`),
          cpu: props.cpus ?? 4,
          memory: Size.gibibytes(props.memoryGb ?? 30),
          ephemeralStorageSize: Size.gibibytes(props.diskGb ?? 100),
          fargateCpuArchitecture: ARCHITECTURES[props.architecture],
          fargateOperatingSystemFamily: OperatingSystemFamily.LINUX,
        }),
    });
  }
}
