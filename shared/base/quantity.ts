/** Amounts as people write them, in flags and in `fettle.yml`: `2 GB`, `90 s`, `5 min`. */
import { type Bytes, bytes } from './brand.ts';
import { InputError } from './errors.ts';

/** MB is 10⁶, MiB is 2²⁰; case does not matter. A bare number is bytes. */
export const BYTE_UNITS: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
};

/** A bare number is seconds. */
const SECOND_UNITS: Readonly<Record<string, number>> = {
  '': 1,
  ms: 1e-3,
  s: 1,
  sec: 1,
  m: 60,
  min: 60,
  h: 3600,
};

/** `2 GB` → bytes. Throws {@link InputError}; `where` names the flag or the line. */
export function parseBytes(written: string | number, where: string): Bytes {
  return bytes(Math.round(parse(written, BYTE_UNITS, where, '"2 GB" or "500 MiB"')));
}

/** `5 min` → seconds. Throws {@link InputError}; `where` names the flag or the line. */
export function parseSeconds(written: string | number, where: string): number {
  return parse(written, SECOND_UNITS, where, '90, "90 s" or "5 min"');
}

function parse(
  written: string | number,
  units: Readonly<Record<string, number>>,
  where: string,
  examples: string,
): number {
  const match = /^(\d+(?:\.\d+)?|\.\d+)\s*([a-z]*)$/i.exec(String(written).trim());
  const factor = units[match?.[2]?.toLowerCase() ?? '?'];
  const value = Number(match?.[1]) * (factor ?? Number.NaN);
  if (Number.isFinite(value) && value > 0) return value;
  throw new InputError(`cannot read "${written}" as an amount`, {
    where,
    hint: `Write ${examples}.`,
  });
}
