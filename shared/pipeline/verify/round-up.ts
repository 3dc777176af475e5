/** Bounds for people. */

/** To one digit, upwards, so that "within" holds: 3.2e-7 → 4e-7. */
export function roundUp(error: number): string {
  if (error === 0) return '0';
  const scale = 10 ** Math.floor(Math.log10(error));
  const bound = Number((Math.ceil(error / scale) * scale).toPrecision(1));
  return bound < 1e-3 ? bound.toExponential(0) : bound.toString();
}
