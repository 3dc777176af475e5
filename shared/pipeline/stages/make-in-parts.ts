/** A variant of a model too large for one machine: laid out, made in parts side by side, joined in the store. */
import type { Digest } from '../../base/brand.ts';
import { DefectError } from '../../base/errors.ts';
import type { StoredArtifact } from '../artifact.ts';
import { isWeightOnly } from '../names.ts';
import type { PartsPolicy } from '../parts.ts';
import type { CompressInput, CompressResult } from '../steps/compress.ts';
import { weightsJoinStep } from '../steps/weights-join.ts';
import { type WeightsLayout, weightsLayoutStep } from '../steps/weights-layout.ts';
import { weightsPartStep } from '../steps/weights-part.ts';
import type { FileLayout } from '../variants/weight-parts.ts';
import type { ModelWork } from './model-work.ts';

/** What of a model's weights alone decides, made in parts where the model is large and its weights lie beside it. */
export function partsFor(
  { bytes, external }: Pick<StoredArtifact, 'bytes' | 'external'>,
  variant: string,
  policy: PartsPolicy | undefined,
): PartsPolicy | undefined {
  return policy && isWeightOnly(variant) && external && bytes > policy.above ? policy : undefined;
}

/** `undefined`: it has to be made as a whole. @throws as steps do */
export async function makeInParts(
  {
    tasks,
    context,
  }: Pick<ModelWork, 'tasks'> & { readonly context: Pick<ModelWork['context'], 'together'> },
  { model, variant, hardware, opset, shapes }: CompressInput,
  id: string,
  parts: PartsPolicy,
): Promise<CompressResult | undefined> {
  const laidOut = await tasks.run(id, weightsLayoutStep, {
    ...{ model, variant, hardware },
    parts: { bytes: parts.bytes, chunk: parts.chunk },
    ...(opset !== undefined && { opset }),
    ...(shapes && { shapes }),
  });
  if (laidOut.status === 'skipped') return laidOut;
  if (laidOut.status === 'whole') return undefined;
  const { status: _, files, ...facts } = laidOut;
  const makers = files.flatMap((layout) => madeOf(layout).map((piece) => ({ layout, piece })));
  const { digest, suffix, external = [] } = model;
  const made = await context.together(
    makers.map(({ layout, piece: { offset, length, reads } }, index) => async () => {
      const part = await tasks.run(partTaskId(id, index + 1), weightsPartStep, {
        model: { digest, suffix, external },
        plan: laidOut.plan,
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
  return { status: 'done', model: joined, ...facts };
}

export const partTaskId = (id: string, part: number): string => `${id} part ${part}`;

type Laid = Extract<WeightsLayout, { status: 'laid-out' }>;
type Made = Extract<Laid['files'][number]['pieces'][number], { kind: 'made' }>;

const madeOf = ({ pieces }: FileLayout): Made[] => pieces.filter((piece) => piece.kind === 'made');

const pieceKey = ({ file }: FileLayout, offset: number): string => `${file} ${offset}`;

/** A layout comes from a worker: it may name files of this model, and no other blobs. */
const fileOf = ({ external = [] }: StoredArtifact, location: string): Digest =>
  found(external.find((file) => file.location === location)?.digest);

function found(digest: Digest | undefined): Digest {
  if (!digest) throw new DefectError('a layout names a file that the model does not have');
  return digest;
}
