/**
 * The step that trains a network for one epoch: the store is its checkpoint. A run that was stopped goes on at the
 * last epoch, here or on another machine, and gives the same.
 */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { openModel } from '../../onnx/read-model.ts';
import { formatCount, formatNumber } from '../../report/numbers.ts';
import { sharedProcess } from '../../runtime/shared-process.ts';
import { lossSpecSchema } from '../../train/loss-spec.ts';
import {
  artifactBlobs,
  artifactPath,
  artifactSchema,
  digestSchema,
  storeModel,
} from '../artifact.ts';
import type { Step, Tools } from '../step.ts';
import { trainingDataSchema, withTrainingSamples } from '../training/training-samples.ts';

const inputSchema = z.object({
  /** In training form. */
  model: artifactSchema,
  /** Of the optimizer, as the epoch before left it. */
  state: digestSchema.optional(),
  samples: trainingDataSchema,
  /** So many there are to train on: what the step expects to take depends on them. */
  count: z.int(),
  loss: lossSpecSchema,
  teacher: artifactSchema.optional(),
  epoch: z.int().positive(),
  epochs: z.int().positive(),
  batch: z.int().positive(),
  rate: z.number().positive(),
  /** Pruned weights stay zero. */
  keepsZeros: z.boolean(),
  /** Moments of BatchNormalizations stay. */
  freezesNorms: z.boolean().optional(),
  /** Names of what is trained, where that is not all. */
  trainable: z.array(z.string()).optional(),
  seed: z.int(),
});
export type EpochInput = z.infer<typeof inputSchema>;

const outputSchema = z.discriminatedUnion('status', [
  z.object({
    status: z.literal('done'),
    model: artifactSchema,
    state: digestSchema,
    /** The mean over the epoch. */
    loss: z.number(),
    /** Afterwards, on the validation samples. */
    validation: z.number(),
  }),
  /** A loss or a weight was no finite number. */
  z.object({ status: z.literal('diverged') }),
]);
export type Epoch = z.infer<typeof outputSchema>;

/** Of 0.1 MB 6,000 samples a second on one thread, of a MobileNet 30; more threads are not counted on. */
const SECONDS_A_SAMPLE = { least: 1.5e-4, byByte: 2.3e-9 };

/** Where a plan does not know how many there are. */
export const USUAL_SAMPLES = 10_000;

export const trainEpochStep: Step<EpochInput, Epoch> = {
  name: 'train-epoch',
  version: 1,
  needs: 'cpu',
  runsModel: true,
  input: inputSchema,
  output: outputSchema,
  estimate: ({ bytes, samples = USUAL_SAMPLES }) => ({
    memoryBytes: 600e6 + 30 * bytes,
    seconds: 2 + samples * (SECONDS_A_SAMPLE.least + SECONDS_A_SAMPLE.byByte * bytes),
  }),
  workload: ({ model: { bytes }, count }) => ({ bytes, samples: count }),
  blobs: (output) =>
    output.status === 'done' ? [...artifactBlobs(output.model), output.state] : [],
  run: async (input, tools) => {
    const { trainEpoch } = await import('../../train/train-epoch.ts');
    const { validationLoss } = await import('../../train/validation-loss.ts');
    const { readState, writeState } = await import('../../train/optimizer-state.ts');
    const { loss, epoch, epochs, batch, rate, keepsZeros, freezesNorms, seed } = input;
    const state = input.state && readState(await readFile(await tools.locate(input.state)));
    const names = input.trainable && new Set(input.trainable);
    using opened = openModel(await artifactPath(input.model, tools));
    using teacher = input.teacher && openModel(await artifactPath(input.teacher, tools));
    const taught = teacher ? { teacher: teacher.model } : {};
    return await withTrainingSamples(opened.model, input.samples, tools, async (samples) => {
      const { model, optimizer, ...result } = await trainEpoch(
        opened.model,
        state,
        samples.training,
        {
          ...{ epoch, epochs, batch, rate, loss, keepsZeros, seed, ...taught },
          optimizer: OPTIMIZER,
          ...(freezesNorms && { freezesNorms }),
          ...(names && { trainable: (name) => names.has(name) }),
        },
        { process: sharedProcess(), progress: (progress) => tell(progress, tools) },
      );
      if (result.diverged || !Number.isFinite(result.loss)) return { status: 'diverged' };
      const validation = await validationLoss(model, samples.validation, {
        ...{ loss, ...taught },
        process: sharedProcess(),
      });
      if (!Number.isFinite(validation)) return { status: 'diverged' };
      return {
        status: 'done',
        model: await storeModel(model, tools),
        state: await tools.store.putBytes(writeState(optimizer)),
        loss: result.loss,
        validation,
      };
    });
  },
};

/** Gradients of a network that lost a part are large at first: the longest is cut to this. */
const OPTIMIZER = { name: 'adamw', maxNorm: 5 } as const;

interface Told {
  readonly step: number;
  readonly steps: number;
  readonly loss: number;
  readonly samplesPerSecond: number;
}

function tell({ step, steps, loss, samplesPerSecond }: Told, { progress }: Tools): void {
  const speed = `${formatCount(Math.round(samplesPerSecond))} samples/s`;
  progress({ fraction: step / steps, detail: `loss ${formatNumber(loss)} · ${speed}` });
}
