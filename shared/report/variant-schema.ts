/** One row of a report: a variant built for a target and a hardware, and what was measured of it. */

import { z } from 'zod';
import {
  accuracyVerdictSchema,
  countSchema,
  digestSchema,
  numberSchema,
  verdictSchema,
} from './schema-parts.ts';
import { trainingSchema } from './training-schema.ts';

export type * from './training-schema.ts';

export const compressedSchema = z.object({ gzip: countSchema, zstd: countSchema });
export type Compressed = z.infer<typeof compressedSchema>;

export const sizeSchema = z.object({
  /** Bytes of the artifact; a folder counts as the sum of its files. */
  bytes: countSchema,
  /** Bytes of the base: the float32 ONNX form, or the base model's same variant. */
  base: countSchema.optional(),
  /** bytes / base. */
  ratio: numberSchema.optional(),
  /** Bytes of the artifact and of the base's when they are compressed: zeros save on the way, not in memory. */
  compressed: compressedSchema.optional(),
  baseCompressed: compressedSchema.optional(),
  parameters: countSchema.optional(),
  baseParameters: countSchema.optional(),
  /** Nodes of the graph, subgraphs included. */
  ops: countSchema.optional(),
  baseOps: countSchema.optional(),
});
export type Size = z.infer<typeof sizeSchema>;

export const latencyVerdictSchema = z.enum([
  'faster',
  'slower',
  'same',
  'inconclusive',
  'not-comparable',
]);
export type LatencyVerdict = z.infer<typeof latencyVerdictSchema>;

export const latencySchema = z.object({
  /** Median time of one run, milliseconds. */
  ms: numberSchema,
  /** 95 % interval of `ms` over sessions, for budgets in milliseconds. */
  msLow: numberSchema.optional(),
  msHigh: numberSchema.optional(),
  baseMs: numberSchema.optional(),
  p90Ms: numberSchema.optional(),
  p99Ms: numberSchema.optional(),
  /** Time to create the session. */
  loadMs: numberSchema.optional(),
  /** This variant / base from interleaved pairs: below 1 is faster. */
  ratio: numberSchema.optional(),
  /** 95 % interval of `ratio`. */
  low: numberSchema.optional(),
  high: numberSchema.optional(),
  /** Absent on the base's own row, which is compared with nothing. */
  verdict: latencyVerdictSchema.optional(),
  /** Pairs of fresh sessions that were timed; the interval has `sessions` − 1 degrees of freedom. */
  sessions: countSchema,
  /** The ratio of each pair, in the order of measuring. */
  pairs: z.array(numberSchema).optional(),
  threads: countSchema,
  shapes: z.record(z.string(), z.array(countSchema)),
  /** The processor, where the report's `machine` may be another. */
  cpu: z.string().optional(),
});
export type Latency = z.infer<typeof latencySchema>;

export const accuracySchema = z.object({
  metric: z.string(),
  /** Absent means true; false for errors such as mae or cer. */
  higherIsBetter: z.boolean().optional(),
  value: numberSchema,
  /** 95 % interval of `value` itself, for budgets such as `0.97`. */
  valueLow: numberSchema.optional(),
  valueHigh: numberSchema.optional(),
  base: numberSchema.optional(),
  /** value − base as the numbers stand, whichever direction is better. */
  difference: numberSchema.optional(),
  /** 95 % interval of `difference`, paired over samples. */
  low: numberSchema.optional(),
  high: numberSchema.optional(),
  samples: countSchema,
  /** Samples that this variant scores higher (`wins`) or lower (`losses`) than the base. */
  wins: countSchema.optional(),
  losses: countSchema.optional(),
  /** Where inconclusive: about how many samples would decide. */
  neededSamples: countSchema.optional(),
  /** Absent on the base's own row. */
  verdict: accuracyVerdictSchema.optional(),
});
export type Accuracy = z.infer<typeof accuracySchema>;

const agreementShape = {
  /** Cosine of the output with the float model's. */
  cosine: numberSchema.optional(),
  maxAbsError: numberSchema.optional(),
  /** Fraction of samples (or positions) with the same decision as the float model. */
  agreement: numberSchema.optional(),
  /** Signal to quantization noise, decibels. */
  sqnrDb: numberSchema.optional(),
  /** Elements that are NaN or infinite on one side alone, or an output of another shape. */
  broken: countSchema.optional(),
  /** Elements that are NaN in both. An output that holds nothing else says nothing. */
  nan: countSchema.optional(),
};

export const fidelitySchema = z.object({
  /** The worst over all outputs. */
  ...agreementShape,
  samples: countSchema.optional(),
  /** True: "on synthetic inputs", drawn from the declared range. */
  synthetic: z.boolean().optional(),
  outputs: z
    .array(
      z.object({
        name: z.string(),
        ...agreementShape,
        /** The smallest cosine of any one sample, and which sample that is. */
        worstCosine: numberSchema.optional(),
        worstSample: countSchema.optional(),
      }),
    )
    .optional(),
});
export type Fidelity = z.infer<typeof fidelitySchema>;

export const coverageSchema = z.object({
  /** Nodes by the precision they run in, e.g. `{ int8: 38, float32: 3 }`. */
  nodes: z.record(z.string(), countSchema),
  /** Nodes whose quantize/dequantize pairs the runtime will not fuse, and what those cost. */
  notFused: z
    .array(
      z.object({
        node: z.string(),
        op: z.string(),
        reason: z.string(),
        /** Of the conversions in one run: from their elements and a throughput measured on one thread of an AVX2 CPU, not timed here. */
        estimatedMs: numberSchema.optional(),
      }),
    )
    .optional(),
});
export type Coverage = z.infer<typeof coverageSchema>;

export const keptNodeSchema = z.object({
  node: z.string(),
  op: z.string(),
  /** What it was kept in: float32, float16, or int16 activations. */
  precision: z.string(),
  reason: z.string(),
  /** Measured damage when it alone is quantized, in the unit of `sensitivity.measure`. */
  damage: numberSchema.optional(),
});
export type KeptNode = z.infer<typeof keptNodeSchema>;

export const sensitivitySchema = z.object({
  /** What `damage` is, e.g. "relative output error" or "KL divergence of the output". */
  measure: z.string(),
  samples: countSchema.optional(),
  /** One entry a node, damage of quantizing it alone; larger is worse. */
  layers: z.array(
    z.object({
      node: z.string(),
      op: z.string(),
      damage: numberSchema,
      /** True where the plan keeps the node in a higher precision. */
      kept: z.boolean().optional(),
    }),
  ),
});
export type Sensitivity = z.infer<typeof sensitivitySchema>;

export const artifactSchema = z.object({
  /** Relative to the report's folder. */
  path: z.string(),
  sha256: digestSchema,
  bytes: countSchema,
});
export type Artifact = z.infer<typeof artifactSchema>;

export const variantRowSchema = z.object({
  name: z.string(),
  target: z.string(),
  hardware: z.string(),
  status: z.enum(['done', 'skipped', 'failed']),
  /** Why not; present exactly when status is not `done`. */
  reason: z.string().optional(),
  /** The exit code that the reason would give by itself: 2 input, 3 unsupported, 4 limit, 70 defect. */
  code: z.int().optional(),
  /** What is inside, e.g. for `auto`: "int8, 3 Conv in float". */
  description: z.string().optional(),
  artifact: artifactSchema.optional(),
  size: sizeSchema.optional(),
  latency: latencySchema.optional(),
  accuracy: accuracySchema.optional(),
  fidelity: fidelitySchema.optional(),
  memory: z.object({ peakBytes: countSchema, basePeakBytes: countSchema.optional() }).optional(),
  /** Why its outputs could not be computed on this machine, which should run it. */
  unmeasured: z.string().optional(),
  coverage: coverageSchema.optional(),
  keptInFloat: z.array(keptNodeSchema).optional(),
  sensitivity: sensitivitySchema.optional(),
  /** In the order of the work: the network first, then its precision. */
  training: z.array(trainingSchema).optional(),
  notes: z.array(z.string()),
  verdict: verdictSchema,
});
export type VariantRow = z.infer<typeof variantRowSchema>;
