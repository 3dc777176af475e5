/** The container image that all functions of one architecture share; each has a command of its own. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Annotations, CfnParameter } from 'aws-cdk-lib';
import type { IRepository } from 'aws-cdk-lib/aws-ecr';
import { DockerImageAsset, Platform } from 'aws-cdk-lib/aws-ecr-assets';
import { Code, type CodeConfig } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';

export type ArchitectureName = 'x86_64' | 'arm64';

export interface Image {
  readonly uri: string;
  /** Unknown for an image given by its address. */
  readonly repository?: IRepository;
}

const PLATFORMS: Readonly<Record<ArchitectureName, Platform>> = {
  x86_64: Platform.LINUX_AMD64,
  arm64: Platform.LINUX_ARM64,
};

/** Where `npm run build:functions` puts one architecture's image: code, dependencies, Dockerfile. */
export function builtFolder(architecture: ArchitectureName): string {
  return fileURLToPath(new URL(`../build/functions/${architecture}`, import.meta.url));
}

/** Whether the architecture's folder was built and can become an image. */
export function isBuilt(architecture: ArchitectureName): boolean {
  return existsSync(join(builtFolder(architecture), 'Dockerfile'));
}

/** Which of the images: the functions' for one architecture, or the one with CUDA. */
export type ImageName = ArchitectureName | 'gpu';

/** Addresses of images that exist already: one for the only architecture, or one for each. */
export type GivenImages = string | Readonly<Partial<Record<ImageName, string>>>;

/**
 * The images, each made when first asked for: the given one, or the one that `cdk deploy` makes of the built folder.
 * Where nothing was built the template asks for an address, so that it can be made, read and tested everywhere.
 */
export class Images {
  readonly #scope: Construct;
  readonly #given: Readonly<Partial<Record<ImageName, string>>>;
  readonly #made = new Map<ImageName, Image>();

  /** `usual`: the architecture that an address without one is for. */
  constructor(scope: Construct, usual: ArchitectureName, given: GivenImages = {}) {
    this.#scope = scope;
    this.#given = typeof given === 'string' ? { [usual]: given } : given;
  }

  of(name: ImageName): Image {
    const image = this.#made.get(name) ?? this.#make(name);
    this.#made.set(name, image);
    return image;
  }

  #make(name: ImageName): Image {
    const given = this.#given[name];
    if (given !== undefined) return { uri: given };
    const { architecture, file } =
      name === 'gpu'
        ? ({ architecture: 'x86_64', file: 'Dockerfile.gpu' } as const)
        : { architecture: name, file: 'Dockerfile' };
    if (!isBuilt(architecture)) return { uri: askedFor(this.#scope, name) };
    const asset = new DockerImageAsset(this.#scope, `Image-${name}`, {
      directory: builtFolder(architecture),
      file,
      platform: PLATFORMS[architecture],
      buildArgs: { ARCHITECTURE: architecture },
      displayName: `fettle-functions-${name}`,
    });
    return { uri: asset.imageUri, repository: asset.repository };
  }
}

function askedFor(scope: Construct, name: ImageName): string {
  const parameter = new CfnParameter(scope, `Image${name.replace('_', '')}`, {
    description: `Address of the functions' image for ${name} in ECR`,
    allowedPattern: '[0-9]{12}[.]dkr[.]ecr[.][a-z0-9.-]+/.+',
  });
  Annotations.of(scope).addWarningV2(
    `fettle:image-${name}`,
    `There is no image for ${name} yet, so the template asks for its address. To have it made of this checkout: npm run build:functions`,
  );
  return parameter.valueAsString;
}

/** A function's code: an image and the handler in it, which the runtime's entry point takes as its command. */
export class ImageCode extends Code {
  readonly isInline = false;
  readonly #uri: string;
  readonly #command: string;

  constructor(uri: string, command: string) {
    super();
    this.#uri = uri;
    this.#command = command;
  }

  override bind(): CodeConfig {
    return { image: { imageUri: this.#uri, cmd: [this.#command] } };
  }
}
