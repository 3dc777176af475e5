/** Whether one output of a converted model is what its source computes: an error, a bound, and why that bound. */
import type { NamedTensors, Tensor } from '../base/tensor.ts';
import type { Rounding } from '../formats/source-model.ts';
import { compareOutput } from './compare-output.ts';
import { asNumbers, numbersOf } from './data/convert.ts';

/** One output over all samples. */
export interface OutputCheck {
  readonly name: string;
  readonly maxAbsError: number;
  /** The largest magnitude of the reference's finite elements. */
  readonly magnitude: number;
  readonly tolerance: number;
  /** Where the tolerance comes from, for people. */
  readonly why: string;
  /** Elements that cannot be compared: NaN on one side alone, or of another shape. */
  readonly broken: number;
  /** Elements that are NaN on both sides: equal, and no proof of anything. */
  readonly nan: number;
  /** Elements that are neither. */
  readonly compared: number;
  readonly isWithinTolerance: boolean;
}

/**
 * Of the largest magnitude. Sums of n float32 products in another order differ by about √n · 6e-8 of it; a
 * hundred layers of thousands make some 1e-5. A wrong padding, axis or ε gives more than 1e-3.
 */
const FLOAT_TOLERANCE = 1e-4;

/** Inside every model are values of order one, which float32 rounds at 6e-8: below some of those nothing is told apart. */
const LEAST_TOLERANCE = 1e-6;

/** Half-precision results are rounded to 11 bits. */
const HALF_TOLERANCE = 2e-3;

/** Every output of one sample. An output that is missing is broken. */
export function checkOutputs(
  reference: NamedTensors,
  given: NamedTensors,
  rounding?: Rounding,
): OutputCheck[] {
  return Object.entries(reference).map(([name, wanted]) =>
    checkOutput(name, wanted, given[name], rounding),
  );
}

/** One output of one sample. */
export function checkOutput(
  name: string,
  wanted: Tensor,
  given: Tensor | undefined,
  rounding?: Rounding,
): OutputCheck {
  const { maxAbsError, broken, decisions, agreed, nan, compared } = compareOutput(wanted, given);
  const isText = wanted.type === 'string';
  const magnitude = isText ? 0 : magnitudeOf(wanted);
  const { tolerance, why } = toleranceOf(wanted, magnitude, rounding);
  const differs = isText ? decisions - agreed : 0;
  return verdict({
    name,
    maxAbsError,
    magnitude,
    tolerance,
    why,
    broken: broken + differs,
    nan,
    compared: compared - differs,
  });
}

/** NaN everywhere, on both sides: whatever the model computes, it would look like this. */
export const isNanAlone = ({
  nan,
  compared,
  broken,
}: Omit<OutputCheck, 'isWithinTolerance'>): boolean => nan > 0 && compared === 0 && broken === 0;

/** The same outputs over several samples: the largest error against the largest magnitude. */
export function mergeChecks(samples: readonly (readonly OutputCheck[])[]): OutputCheck[] {
  const merged = new Map<string, OutputCheck>();
  for (const check of samples.flat()) {
    const known = merged.get(check.name);
    if (!known) {
      merged.set(check.name, check);
      continue;
    }
    const larger = check.magnitude > known.magnitude ? check : known;
    merged.set(
      check.name,
      verdict({
        ...larger,
        maxAbsError: Math.max(known.maxAbsError, check.maxAbsError),
        broken: known.broken + check.broken,
        nan: known.nan + check.nan,
        compared: known.compared + check.compared,
      }),
    );
  }
  return [...merged.values()];
}

const verdict = (check: Omit<OutputCheck, 'isWithinTolerance'>): OutputCheck => ({
  ...check,
  isWithinTolerance: check.broken === 0 && check.maxAbsError <= check.tolerance,
});

function magnitudeOf(tensor: Tensor): number {
  const values = asNumbers(numbersOf(tensor, 'output'));
  let largest = 0;
  for (let index = 0; index < values.length; index++) {
    const size = Math.abs(values[index] ?? 0);
    if (size > largest && size < Number.POSITIVE_INFINITY) largest = size;
  }
  return largest;
}

function toleranceOf(
  { type }: Tensor,
  magnitude: number,
  rounding: Rounding | undefined,
): { tolerance: number; why: string } {
  switch (type) {
    case 'float32':
    case 'float64':
      if (rounding && rounding.relative > FLOAT_TOLERANCE)
        return {
          tolerance: rounding.relative * magnitude,
          why: `${rounding.relative.toPrecision(2)} of the largest value: ${rounding.why}`,
        };
      return {
        tolerance: Math.max(FLOAT_TOLERANCE * magnitude, LEAST_TOLERANCE),
        why: `${FLOAT_TOLERANCE} of the largest value, ${LEAST_TOLERANCE} at least: sums in another order`,
      };
    case 'float16':
      return {
        tolerance: HALF_TOLERANCE * magnitude,
        why: `${HALF_TOLERANCE} of the largest value: half precision`,
      };
    case 'int8':
    case 'uint8':
    case 'int16':
      return { tolerance: 1, why: 'one step: kernels round ties in different ways' };
    default:
      return { tolerance: 0, why: 'exact: whole numbers' };
  }
}
