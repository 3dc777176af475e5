/** The step that runs a source in a runtime of its own format, and the ONNX model made of it, on the same samples. */
import { z } from 'zod';
import { openSource } from '../../formats/open-source.ts';
import { openSession } from '../../runtime/session.ts';
import { artifactPath, artifactSchema, digestSchema } from '../artifact.ts';
import { closeAll, dataRefsSchema, openDataRefs } from '../data-refs.ts';
import { inverse, portNamesSchema, renamePorts, renameTensors } from '../rename-ports.ts';
import type { Step } from '../step.ts';
import { verdictOf } from '../verify/verdict-of.ts';
import { verifyConversion } from '../verify/verify-conversion.ts';
import { importOptions, importOptionsSchema } from './import.ts';
import { readSplit } from './split.ts';

const inputSchema = importOptionsSchema.extend({
  source: artifactSchema,
  /** What was made of it. */
  model: artifactSchema,
  data: dataRefsSchema,
  split: digestSchema,
  /** What the data calls inputs and outputs, by the source's own names; absent where it is the same. */
  names: portNamesSchema.optional(),
  /** References that are installed, with their versions: another one may tell more. */
  references: z.array(z.string()).readonly(),
});

const outputSchema = z.object({
  /** The contract's sentence: "agrees within 1e-6 of …" or "not verified". */
  verified: z.string(),
  agrees: z.boolean().optional(),
  /** Why not, or where they differ. */
  notes: z.array(z.string()).readonly(),
});
export type Verified = z.infer<typeof outputSchema>;

export const verifyStep: Step<z.infer<typeof inputSchema>, Verified> = {
  name: 'verify',
  version: 2,
  needs: 'cpu',
  runsModel: true,
  input: inputSchema,
  output: outputSchema,
  estimate: ({ bytes }) => ({ memoryBytes: 500e6 + 4 * bytes, seconds: 5 + bytes / 5e6 }),
  blobs: () => [],
  run: async (input, tools) => {
    const file = await tools.locate(input.source.digest);
    const { signature, names } = input;
    using source = await openSource(file, importOptions(input));
    const path = await artifactPath(input.model, tools);
    const named = names ? renamePorts(source.model, names) : source.model;
    const sets = await openDataRefs(input.data, named, tools);
    const own = { inputs: inverse(names?.inputs ?? {}), outputs: inverse(names?.outputs ?? {}) };
    try {
      const split = await readSplit(input.split, tools);
      const part = split.evaluation ?? split.selection ?? split.calibration;
      const set = part && sets[part.source];
      if (!set) return { verified: 'not verified', notes: ['not verified: there are no samples'] };
      const { goldenOutputs: golden } = set;
      const at = (index: number): number => part.indices[index] ?? 0;
      const result = await verifyConversion({
        source,
        file,
        ...(signature !== undefined && { signature }),
        open: () => openSession(path),
        data: {
          length: part.indices.length,
          sample: async (index) => renameTensors(await set.sample(at(index)), own.inputs),
          ...(golden && {
            goldenOutputs: {
              ...golden,
              output: (index) => renameTensors(golden.output(at(index)), own.outputs),
            },
          }),
        },
        isSynthetic: input.data.synthetic !== undefined,
      });
      return verdictOf(result);
    } finally {
      await closeAll(sets);
    }
  },
};
