/** The architectures that functions run on, as each of those who take part calls them. */

export interface Architecture {
  /** AWS's name, and of the built folder. */
  readonly name: 'x86_64' | 'arm64';
  /** Node's, and that of packages with binaries. */
  readonly cpu: 'x64' | 'arm64';
  /** Docker's. */
  readonly platform: 'linux/amd64' | 'linux/arm64';
}

export const ARCHITECTURES: readonly Architecture[] = [
  { name: 'x86_64', cpu: 'x64', platform: 'linux/amd64' },
  { name: 'arm64', cpu: 'arm64', platform: 'linux/arm64' },
];

/** By any of its names. */
export function findArchitecture(name: string): Architecture | undefined {
  return ARCHITECTURES.find((architecture) => Object.values(architecture).includes(name));
}
