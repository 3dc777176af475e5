/** The lanes that cost something while idle or run on GPUs: each only where it was asked for. */
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { ContainerNetwork } from './container-network.ts';
import { CpuQueue, cpuJobSize } from './cpu-queue.ts';
import { GpuFunction, gpuFunctionSize } from './gpu-function.ts';
import { GpuQueue, gpuJobSize } from './gpu-queue.ts';
import type { ArchitectureName, Images } from './image.ts';
import type { LaneSize } from './lanes.ts';
import type { JobLane } from './machine.ts';
import type { Names } from './names.ts';
import type { FettleStackProps } from './props.ts';
import type { Sandbox } from './sandbox.ts';

type Asked = Pick<FettleStackProps, 'cpuQueue' | 'gpuQueue' | 'gpuFunction'>;

/** Sizes of the lanes asked for, before anything is made. @throws TypeError when two want the same lane */
export function extraLaneSizes(asked: Asked): Readonly<Record<string, LaneSize>> {
  if (asked.gpuQueue && asked.gpuFunction)
    throw new TypeError('give gpuQueue or gpuFunction, not both: shards know one lane with a GPU');
  return {
    ...(asked.cpuQueue && { batch: cpuJobSize(asked.cpuQueue) }),
    ...(asked.gpuQueue && { gpu: gpuJobSize(asked.gpuQueue) }),
    ...(asked.gpuFunction && { gpu: gpuFunctionSize(asked.gpuFunction) }),
  };
}

/** Whether any of them runs containers, or instances, that must be started through the network. */
export const hasContainers = (asked: Asked): boolean =>
  Object.keys(extraLaneSizes(asked)).length > 0;

export interface ExtraLanesProps extends Asked {
  readonly images: Images;
  readonly architecture: ArchitectureName;
  readonly names: Names;
  readonly sandbox: Sandbox;
}

/** The lanes `batch` and `gpu`, and the network that they share. */
export class ExtraLanes extends Construct {
  readonly functions: Readonly<Record<string, LambdaFunction>>;
  readonly jobs: Readonly<Record<string, JobLane>>;

  constructor(scope: Construct, id: string, props: ExtraLanesProps) {
    super(scope, id);
    const { cpuQueue, gpuQueue, gpuFunction, images, architecture, names, sandbox } = props;
    if (!hasContainers(props)) {
      this.functions = {};
      this.jobs = {};
      return;
    }
    const network = new ContainerNetwork(
      this,
      'Network',
      sandbox,
      gpuQueue ? 'instances' : 'fargate',
    );
    const around = { names, sandbox, network };
    this.jobs = {
      ...(cpuQueue && {
        batch: new CpuQueue(this, 'CpuQueue', {
          ...cpuQueue,
          image: images.of(architecture),
          architecture,
          ...around,
        }).lane,
      }),
      ...(gpuQueue && {
        gpu: new GpuQueue(this, 'GpuQueue', {
          ...gpuQueue,
          image: images.of('gpu'),
          ...around,
        }).lane,
      }),
    };
    this.functions = gpuFunction
      ? {
          gpu: new GpuFunction(this, 'GpuFunction', {
            ...gpuFunction,
            image: images.of('gpu'),
            ...around,
          }).function,
        }
      : {};
  }
}
