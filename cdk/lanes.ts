/** The functions that run uploaded models: in the sandbox, with no right but to write their logs. */
import { Duration, Size } from 'aws-cdk-lib';
import { SubnetType } from 'aws-cdk-lib/aws-ec2';
import { type Function as LambdaFunction, Tracing } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { ArchitectureName, Images } from './image.ts';
import { imageFunction } from './image-function.ts';
import type { Names } from './names.ts';
import { allowNetworkInterfaces, functionIdentity } from './role.ts';
import type { Sandbox } from './sandbox.ts';

/** What a lane offers to one shard. */
export interface LaneSize {
  readonly memoryMb: number;
  readonly seconds: number;
}

/** Lambda's own limits. */
const MAX_LAMBDA: LaneSize = { memoryMb: 10_240, seconds: 900 };

/** Two whole CPUs; with less, latencies are those of a fraction of one. */
const MIN_MEASURE_MB = 3538;

export interface LaneOptions {
  /** Memory of the usual lane, which is also its share of CPUs: 1,769 MB is one. */
  readonly workMemoryMb?: number;
  /** Memory where latencies are measured; at least 3,538 MB. */
  readonly measureMemoryMb?: number;
  /** Architectures on which to measure besides the one that everything else runs on. */
  readonly alsoMeasureOn?: readonly ArchitectureName[];
}

interface FunctionLane extends LaneSize {
  readonly architecture: ArchitectureName;
  readonly handler: 'work' | 'measure';
  /** The function's name after the prefix. */
  readonly name: string;
}

/** The lanes that are functions, by the name that a shard gives. */
export function functionLanes(
  architecture: ArchitectureName,
  options: LaneOptions,
): Readonly<Record<string, FunctionLane>> {
  const measureMb = options.measureMemoryMb ?? MIN_MEASURE_MB;
  if (measureMb < MIN_MEASURE_MB)
    throw new TypeError(
      `measuring needs two whole CPUs: give measureMemoryMb at least ${MIN_MEASURE_MB}, not ${measureMb}`,
    );
  const { seconds } = MAX_LAMBDA;
  const measure = (of: ArchitectureName, name: string): FunctionLane => ({
    architecture: of,
    handler: 'measure',
    name,
    memoryMb: measureMb,
    seconds,
  });
  const others = (options.alsoMeasureOn ?? []).filter((other) => other !== architecture);
  return {
    work: {
      architecture,
      handler: 'work',
      name: 'work',
      memoryMb: options.workMemoryMb ?? 3538,
      seconds,
    },
    large: { architecture, handler: 'work', name: 'work-large', ...MAX_LAMBDA },
    measure: measure(architecture, 'measure'),
    ...Object.fromEntries(
      others.map((other) => [`measure-${other}`, measure(other, `measure-${other}`)]),
    ),
  };
}

export interface LanesProps {
  readonly lanes: Readonly<Record<string, FunctionLane>>;
  readonly images: Images;
  readonly names: Names;
  readonly sandbox: Sandbox;
}

/** One function for each lane. */
export class Lanes extends Construct {
  readonly functions: Readonly<Record<string, LambdaFunction>>;

  constructor(scope: Construct, id: string, props: LanesProps) {
    super(scope, id);
    this.functions = Object.fromEntries(
      Object.entries(props.lanes).map(([name, lane]) => [name, this.#make(lane, props)]),
    );
  }

  #make(lane: FunctionLane, { images, names, sandbox }: LanesProps): LambdaFunction {
    const functionName = names.of(lane.name);
    const identity = functionIdentity(this, lane.name, functionName);
    allowNetworkInterfaces(identity.role, names.functionArn(lane.name));
    const made = imageFunction(this, lane.name, {
      ...identity,
      functionName,
      description: `Runs shards of uploaded models (${lane.handler}), without any right`,
      image: images.of(lane.architecture),
      command: `index.${lane.handler}`,
      architecture: lane.architecture,
      memorySize: lane.memoryMb,
      timeout: Duration.seconds(lane.seconds),
      ephemeralStorageSize: Size.mebibytes(10_240),
      // Traces would need a right.
      tracing: Tracing.DISABLED,
      vpc: sandbox.vpc,
      vpcSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED },
      securityGroups: [sandbox.securityGroup],
    });
    // Lambda refuses subnets to a role that may not use them yet.
    made.node.addDependency(identity.role);
    return made;
  }
}
