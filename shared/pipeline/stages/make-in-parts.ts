/** A variant of a model too large for one machine: laid out, made in parts side by side, joined in the store. */
import type { Digest } from '../../base/brand.ts';
import { DefectError } from '../../base/errors.ts';
import type { StoredArtifact } from '../artifact.ts';
import { isWeightOnly } from '../names.ts';
import type { PartsPolicy } from '../parts.ts';
import type { CompressInput, CompressResult } from '../steps/compress.ts';
import { float16PlanStep } from '../steps/float16-plan.ts';
import { weightsJoinStep } from '../steps/weights-join.ts';
import { type WeightsLayout, weightsLayoutStep } from '../steps/weights-layout.ts';
import { weightsPartStep } from '../steps/weights-part.ts';
import type { FileLayout } from '../variants/weight-parts.ts';
import type { ModelWork } from './model-work.ts';

/** Whether a plan that can be written down says what every weight becomes, each of its own values alone. */
export const isMadeInParts = (variant: string): boolean =>
  isWeightOnly(variant) || variant === 'float16';

/** Of such variants those of large models whose weights lie beside them. */
export function partsFor(
  { bytes, external }: Pick<StoredArtifact, 'bytes' | 'external'>,
  variant: string,
  policy: PartsPolicy | undefined,
): PartsPolicy | undefined {
  return policy && isMadeInParts(variant) && external && bytes > policy.above ? policy : undefined;
}

/** `undefined`: it has to be made as a whole. @throws as steps do */
export async function makeInParts(
  {
    tasks,
    context,
  }: Pick<ModelWork, 'tasks'> & { readonly context: Pick<ModelWork['context'], 'together'> },
  input: CompressInput,
  id: string,
  parts: PartsPolicy,
): Promise<CompressResult | undefined> {
  const { model, variant, hardware, opset, shapes } = input;
  const planned =
    variant === 'float16' ? await tasks.run(planTaskId(id), float16PlanStep, input) : undefined;
  if (planned?.status === 'skipped') return planned;
  const laidOut = await tasks.run(id, weightsLayoutStep, {
    ...{ model, variant, hardware },
    parts: { bytes: parts.bytes, chunk: parts.chunk },
    ...(opset !== undefined && { opset }),
    ...(planned && { plan: planned.plan }),
    ...(shapes && { shapes }),
  });
  if (laidOut.status === 'skipped') return laidOut;
  if (laidOut.status === 'whole') return undefined;
  const { status: _, files, ...facts } = laidOut;
  const makers = files.flatMap((layout) => madeOf(layout).map((piece) => ({ layout, piece })));
  const { digest, suffix, external = [] } = model;
  const plan = found(planned?.plan ?? laidOut.plan);
  const made = await context.together(
    makers.map(({ layout, piece: { offset, length, reads } }, index) => async () => {
      const part = await tasks.run(partTaskId(id, index + 1), weightsPartStep, {
        model: { digest, suffix, external },
        plan,
        file: layout.file,
        window: { offset, length },
        reads,
      });
      return [pieceKey(layout, offset), part.digest] as const;
    }),
  );
  const digests = new Map(made);
  const joined = await tasks.run(`${id} join`, weightsJoinStep, {
    files: files.map((layout) => ({
      file: layout.file,
      pieces: layout.pieces.map((piece) =>
        piece.kind === 'kept'
          ? { digest: fileOf(model, piece.location), offset: piece.from, length: piece.length }
          : {
              digest: found(digests.get(pieceKey(layout, piece.offset))),
              offset: 0,
              length: piece.length,
            },
      ),
    })),
  });
  const { status: __, ...decided } = planned ?? { status: 'planned' };
  return { status: 'done', model: joined, ...facts, ...decided };
}

export const planTaskId = (id: string): string => `${id} plan`;

export const partTaskId = (id: string, part: number): string => `${id} part ${part}`;

type Laid = Extract<WeightsLayout, { status: 'laid-out' }>;
type Made = Extract<Laid['files'][number]['pieces'][number], { kind: 'made' }>;

const madeOf = ({ pieces }: FileLayout): Made[] => pieces.filter((piece) => piece.kind === 'made');

const pieceKey = ({ file }: FileLayout, offset: number): string => `${file} ${offset}`;

/** A layout comes from a worker: it may name files of this model, and no other blobs. */
const fileOf = ({ external = [] }: StoredArtifact, location: string): Digest =>
  found(external.find((file) => file.location === location)?.digest);

function found(digest: Digest | undefined): Digest {
  if (!digest) throw new DefectError('a layout names what there is not');
  return digest;
}
