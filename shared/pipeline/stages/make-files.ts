/** The files of a model that was laid out: parts made side by side, joined in the store. */
import type { Digest } from '../../base/brand.ts';
import { DefectError } from '../../base/errors.ts';
import type { StoredArtifact } from '../artifact.ts';
import type { PipelineContext } from '../context.ts';
import { weightsJoinStep } from '../steps/weights-join.ts';
import { weightsPartStep } from '../steps/weights-part.ts';
import type { TaskRunner } from '../task-runner.ts';
import type { FileLayout } from '../variants/weight-parts.ts';

/** What it takes to make parts. */
export interface PartsWork {
  readonly tasks: TaskRunner;
  readonly context: Pick<PipelineContext, 'together'>;
}

export interface PartsOrder {
  /** That parts are made of; pieces that stay as they are lie beside it. */
  readonly model: Omit<StoredArtifact, 'bytes'>;
  /** What is done to it; absent where only its files are others. */
  readonly plan?: Digest;
  /** Of the task. */
  readonly id: string;
}

/** @throws as steps do */
export async function makeFiles(
  { tasks, context }: PartsWork,
  files: readonly FileLayout[],
  { model, plan, id }: PartsOrder,
): Promise<StoredArtifact> {
  const makers = files.flatMap((layout) => madeOf(layout).map((piece) => ({ layout, piece })));
  const { digest, suffix, external = [] } = model;
  const made = await context.together(
    makers.map(({ layout, piece: { offset, length, reads } }, index) => async () => {
      const part = await tasks.run(partTaskId(id, index + 1), weightsPartStep, {
        model: { digest, suffix, external },
        ...(plan && { plan }),
        file: layout.file,
        window: { offset, length },
        reads,
      });
      return [pieceKey(layout, offset), part.digest] as const;
    }),
  );
  const digests = new Map(made);
  return tasks.run(joinTaskId(id), weightsJoinStep, {
    files: files.map((layout) => ({
      file: layout.file,
      pieces: layout.pieces.map((piece) =>
        piece.kind === 'kept'
          ? { digest: fileOf(external, piece.location), offset: piece.from, length: piece.length }
          : {
              digest: found(digests.get(pieceKey(layout, piece.offset))),
              offset: 0,
              length: piece.length,
            },
      ),
    })),
  });
}

export const partTaskId = (id: string, part: number): string => `${id} part ${part}`;

export const joinTaskId = (id: string): string => `${id} join`;

type Made = Extract<FileLayout['pieces'][number], { kind: 'made' }>;

const madeOf = ({ pieces }: FileLayout): Made[] => pieces.filter((piece) => piece.kind === 'made');

const pieceKey = ({ file }: FileLayout, offset: number): string => `${file} ${offset}`;

/** A layout comes from a worker: it may name files of this model, and no other blobs. */
const fileOf = (external: NonNullable<StoredArtifact['external']>, location: string): Digest =>
  found(external.find((file) => file.location === location)?.digest);

function found(digest: Digest | undefined): Digest {
  if (!digest) throw new DefectError('a layout names what there is not');
  return digest;
}
