/** A Lambda function that runs one handler of the shared image. */
import {
  Architecture,
  type FunctionOptions,
  Handler,
  Function as LambdaFunction,
  Runtime,
} from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { type ArchitectureName, type Image, ImageCode } from './image.ts';

/** Options of the library but for those that follow from the image. */
export interface ImageFunctionProps extends Omit<FunctionOptions, 'architecture'> {
  readonly image: Image;
  /** The handler, as `index.work`. */
  readonly command: string;
  readonly architecture: ArchitectureName;
}

const ARCHITECTURES: Readonly<Record<ArchitectureName, Architecture>> = {
  x86_64: Architecture.X86_64,
  arm64: Architecture.ARM_64,
};

/** Makes the function; its image is pulled by Lambda itself, for which its role needs nothing. */
export function imageFunction(
  scope: Construct,
  id: string,
  { image, command, architecture, ...options }: ImageFunctionProps,
): LambdaFunction {
  return new LambdaFunction(scope, id, {
    ...options,
    architecture: ARCHITECTURES[architecture],
    code: new ImageCode(image.uri, command),
    handler: Handler.FROM_IMAGE,
    runtime: Runtime.FROM_IMAGE,
  });
}
