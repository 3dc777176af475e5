/** The functions that hold rights: small, quick, and never given a model to run. */
import { Duration, Size } from 'aws-cdk-lib';
import { type Function as LambdaFunction, Tracing } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { ArchitectureName, Image } from './image.ts';
import { imageFunction } from './image-function.ts';
import { TRUSTED, type Trusted } from './names.ts';
import { type Places, permissionsOf } from './permissions.ts';
import { functionIdentity } from './role.ts';

interface Shape {
  readonly does: string;
  readonly memoryMb: number;
  readonly seconds: number;
  readonly diskMb?: number;
}

/** `advance` holds a model and its data on its disk while it reads them; the others only move names about. */
const SHAPES: Readonly<Record<Trusted, Shape>> = {
  ingest: { does: 'Starts a gathering for each upload', memoryMb: 256, seconds: 30 },
  gather: { does: 'Finds the jobs in a quiet prefix', memoryMb: 1024, seconds: 300 },
  advance: {
    does: 'Says what a job needs next',
    memoryMb: 3538,
    seconds: 900,
    diskMb: 10_240,
  },
  publish: { does: 'Writes the run and tells of it', memoryMb: 2048, seconds: 900, diskMb: 2048 },
  api: { does: 'Answers the Action', memoryMb: 1024, seconds: 60 },
  rerun: { does: 'Finds results that would differ today', memoryMb: 1024, seconds: 900 },
};

export interface FunctionsProps {
  readonly places: Places;
  readonly image: Image;
  readonly architecture: ArchitectureName;
  readonly environment: Readonly<Record<string, string>>;
}

/** One function for each trusted handler, each with a role of its own. */
export class Functions extends Construct {
  readonly #functions: ReadonlyMap<Trusted, LambdaFunction>;

  constructor(scope: Construct, id: string, props: FunctionsProps) {
    super(scope, id);
    this.#functions = new Map(TRUSTED.map((name) => [name, this.#make(name, props)]));
  }

  get(name: Trusted): LambdaFunction {
    const found = this.#functions.get(name);
    if (!found) throw new TypeError(`no function ${name}`);
    return found;
  }

  all(): readonly LambdaFunction[] {
    return [...this.#functions.values()];
  }

  #make(name: Trusted, props: FunctionsProps): LambdaFunction {
    const shape = SHAPES[name];
    const functionName = props.places.names.of(name);
    const identity = functionIdentity(this, name, functionName);
    for (const statement of permissionsOf(name, props.places)) identity.role.addToPolicy(statement);
    return imageFunction(this, name, {
      ...identity,
      functionName,
      description: shape.does,
      image: props.image,
      command: `index.${name}`,
      architecture: props.architecture,
      memorySize: shape.memoryMb,
      timeout: Duration.seconds(shape.seconds),
      ...(shape.diskMb !== undefined && { ephemeralStorageSize: Size.mebibytes(shape.diskMb) }),
      environment: { ...props.environment },
      tracing: Tracing.ACTIVE,
    });
  }
}
