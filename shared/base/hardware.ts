/** The kinds of hardware that variants are made for, by name. */
import { InputError } from './errors.ts';
import { suggest } from './suggest.ts';

/** `x64` is right on every x64 CPU; `x64-vnni` may use the eighth bit of weights. */
export const HARDWARE = ['x64', 'x64-vnni', 'arm64', 'cuda', 'web'] as const;
export type Hardware = (typeof HARDWARE)[number];

/** Throws {@link InputError} for an unknown name. */
export function parseHardware(name: string, where: string): Hardware {
  const known = HARDWARE.find((hardware) => hardware === name);
  if (known) return known;
  throw new InputError(`unknown hardware "${name}"`, { where, hint: suggest(name, HARDWARE) });
}

/** What is built for when nobody says: what this machine is. */
export function defaultHardware(arch: string = process.arch): Hardware {
  return arch === 'arm64' ? 'arm64' : 'x64';
}
