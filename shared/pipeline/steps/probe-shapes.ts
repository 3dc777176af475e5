/**
 * The step that finds shapes at which a model can be compared where nobody gave any: free dimensions are 1,
 * and where the model does not run with that (a window longer than the signal) or gives the same
 * for every input (a detector of one pixel), the first size at which it does better.
 */
import { z } from 'zod';
import { FettleError, TimeLimitError } from '../../base/errors.ts';
import type { NamedTensors } from '../../base/tensor.ts';
import { inputSignature } from '../../measure/data/input-signature.ts';
import { syntheticData } from '../../measure/data/synthetic.ts';
import { fedInputs } from '../../onnx/fed-inputs.ts';
import { openModel } from '../../onnx/read-model.ts';
import { openSession } from '../../runtime/session.ts';
import { artifactPath, artifactSchema } from '../artifact.ts';
import { reasonOf } from '../reason.ts';
import type { Step } from '../step.ts';

const shapesSchema = z.record(z.string(), z.array(z.int()).readonly());

const inputSchema = z.object({
  model: artifactSchema,
  /** What the user gave: not to be changed. */
  shapes: shapesSchema,
  seed: z.int(),
});

const outputSchema = z.object({
  /** For every input. */
  shapes: shapesSchema,
  /** What was assumed, for the report. */
  notes: z.array(z.string()),
});
export type ProbedShapes = z.infer<typeof outputSchema>;

/** In this order: the contract's 1; a small image or sequence; a usual image; a frame of sound. */
const SIZES = [1, 32, 224, 512];
/** Outputs that differ by less, of two inputs, are rounding. */
const LEAST_DIFFERENCE = 1e-6;

export const probeShapesStep: Step<z.infer<typeof inputSchema>, ProbedShapes> = {
  name: 'probe-shapes',
  version: 2,
  needs: 'cpu',
  runsModel: true,
  input: inputSchema,
  output: outputSchema,
  estimate: ({ bytes }) => ({ memoryBytes: 300e6 + 3 * bytes, seconds: 0.5 }),
  blobs: () => [],
  run: async ({ model, shapes: given, seed }, tools) => {
    const path = await artifactPath(model, tools);
    using opened = openModel(path);
    const inputs = fedInputs(opened.model).map(inputSignature);
    const free = inputs.filter(({ name, shape }) => !given[name] && hasFreeDims(shape));
    const shapesAt = (size: number, grown = free): Record<string, readonly number[]> =>
      Object.fromEntries(
        inputs.map((input) => [
          input.name,
          given[input.name] ?? sizedShape(input.shape, grown.includes(input) ? size : 1),
        ]),
      );
    if (free.length === 0) return { shapes: shapesAt(1), notes: [] };
    await using session = await openSession(path);
    let firstFailure: unknown;
    let constant: { readonly shapes: ProbedShapes['shapes']; readonly size: number } | undefined;
    for (const size of SIZES) {
      // All at once; then one input alone: free dimensions of a state are often batches, too.
      const tries = size === 1 || free.length === 1 ? [free] : [free, ...free.map((one) => [one])];
      for (const grown of tries) {
        const shapes = shapesAt(size, grown);
        try {
          const data = syntheticData(opened.model, { samples: 2, seed, shapes });
          const first = await session.run(await data.sample(0));
          if (dependsOnInput(first, await session.run(await data.sample(1))))
            return { shapes, notes: assumed(grown, size, firstFailure, constant?.size) };
          constant ??= { shapes, size };
        } catch (error) {
          if (!(error instanceof FettleError)) throw error;
          // It would not end with more, either.
          if (error instanceof TimeLimitError) throw error;
          firstFailure ??= error;
        }
      }
    }
    if (constant) {
      const { shapes, size } = constant;
      const notes = [
        `free dimensions were taken as ${size}, where all random inputs give the same outputs (with ${SIZES.join(', ')}, too): fidelity says little; ${adviceFor(free)}`,
      ];
      return { shapes, notes };
    }
    return {
      shapes: shapesAt(1),
      notes: [
        `the model does not run with free dimensions of ${SIZES.join(', ')}: ${adviceFor(free)}`,
      ],
    };
  },
};

type Shape = readonly (number | string | null)[] | null;

const hasFreeDims = (shape: Shape): boolean =>
  shape === null || shape.some((dim) => typeof dim !== 'number');

/** Whether any number of any output differs by more than rounding. */
function dependsOnInput(one: NamedTensors, other: NamedTensors): boolean {
  return Object.entries(one).some(([name, { data, dims }]) => {
    const second = other[name];
    if (!second || second.dims.join() !== dims.join()) return true;
    for (let index = 0; index < data.length; index++) {
      const [a, b] = [Number(data[index]), Number(second.data[index])];
      // A NaN is none of what this step is for.
      if (!(Math.abs(a - b) <= LEAST_DIFFERENCE * Math.max(1, Math.abs(a)))) return true;
    }
    return false;
  });
}

/** The first axis is the batch, which stays 1: a larger one tells nothing new. */
function sizedShape(shape: Shape, size: number): number[] {
  return (shape ?? []).map((dim, axis) => (typeof dim === 'number' ? dim : axis === 0 ? 1 : size));
}

function assumed(
  grown: readonly { readonly name: string }[],
  size: number,
  failure: unknown,
  constantAt: number | undefined,
): string[] {
  const names = grown.map(({ name }) => name).join(', ');
  if (failure === undefined && constantAt !== undefined)
    return [
      `free dimensions of ${names} were taken as ${size}, as with ${constantAt} all inputs give the same outputs: ${adviceFor(grown)}`,
    ];
  if (failure === undefined) return [`free dimensions were taken as 1: ${adviceFor(grown)}`];
  const why = reasonOf(failure)
    .replace(/^.*Status Message: /s, '')
    .slice(0, 200);
  return [
    `free dimensions of ${names} were taken as ${size}, as the model does not run with 1 (${why}): ${adviceFor(grown)}`,
  ];
}

const adviceFor = ([first]: readonly { readonly name: string }[]): string =>
  `give others with --shape ${first?.name ?? 'NAME'}=…, or data`;
