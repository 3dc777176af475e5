/** The functions that hold rights: small, quick, and never given a model to run. */
import { Duration, Size } from 'aws-cdk-lib';
import type { Role } from 'aws-cdk-lib/aws-iam';
import { type Function as LambdaFunction, Tracing } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { ArchitectureName, Image } from './image.ts';
import { imageFunction } from './image-function.ts';
import { forTrusted, type Trusted } from './names.ts';
import { type Places, permissionsOf } from './permissions.ts';
import { type FunctionIdentity, functionIdentity } from './role.ts';

interface Shape {
  readonly does: string;
  readonly memoryMb: number;
  readonly seconds: number;
  readonly diskMb?: number;
}

/** `advance` reads headers, of models of any size; `publish` has S3 copy what was made. The others only move names about. */
const SHAPES: Readonly<Record<Trusted, Shape>> = {
  // Its first call takes 90 ms of a CPU, of which 512 MB give 29 %: half of the memory would cost as much and take twice
  // as long (`npm run bench -- functions`).
  ingest: { does: 'Starts a gathering for each upload', memoryMb: 512, seconds: 30 },
  gather: { does: 'Finds the jobs in a quiet prefix', memoryMb: 1024, seconds: 300 },
  advance: {
    does: 'Says what a job needs next',
    memoryMb: 3538,
    seconds: 900,
    // Small files come whole, 256 MB of them at most; see shared/pipeline/distributed/remote-folder.ts.
    diskMb: 1024,
  },
  // Models whose weights lie beside them are written anew there, without those: 2 GB each at most, three times.
  publish: {
    does: 'Writes the run and tells of it',
    memoryMb: 2048,
    seconds: 900,
    diskMb: 10_240,
  },
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
  readonly roles: Readonly<Record<Trusted, Role>>;
  readonly functions: Readonly<Record<Trusted, LambdaFunction>>;

  constructor(scope: Construct, id: string, props: FunctionsProps) {
    super(scope, id);
    const identities = forTrusted((name) => this.#identify(name, props.places));
    this.roles = forTrusted((name) => identities[name].role);
    this.functions = forTrusted((name) => this.#make(name, identities[name], props));
  }

  #identify(name: Trusted, places: Places): FunctionIdentity {
    const identity = functionIdentity(this, name, places.names.of(name));
    for (const statement of permissionsOf(name, places)) identity.role.addToPolicy(statement);
    return identity;
  }

  #make(name: Trusted, identity: FunctionIdentity, props: FunctionsProps): LambdaFunction {
    const { does, memoryMb, seconds, diskMb } = SHAPES[name];
    return imageFunction(this, name, {
      ...identity,
      functionName: props.places.names.of(name),
      description: does,
      image: props.image,
      command: `index.${name}`,
      architecture: props.architecture,
      memorySize: memoryMb,
      timeout: Duration.seconds(seconds),
      ...(diskMb !== undefined && { ephemeralStorageSize: Size.mebibytes(diskMb) }),
      environment: { ...props.environment },
      tracing: Tracing.ACTIVE,
    });
  }
}
