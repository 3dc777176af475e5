/** The stage that proves the conversion, where the source was of another format. */
import type { Source } from '../../report/schema.ts';
import { verifyStep } from '../steps/verify.ts';
import { attempt } from '../task-runner.ts';
import { availableReferences } from '../verify/open-reference.ts';
import type { ModelWork } from './model-work.ts';
import { importOptionsOf } from './source.ts';

/** What the report says of the source, and what else is to be said. */
export interface SourceVerdict extends Pick<Source, 'verified' | 'agrees'> {
  readonly notes: readonly string[];
}

/** `undefined` for ONNX: there is nothing to prove but the rewrites, which every row is compared for. */
export async function verifySource(work: ModelWork): Promise<SourceVerdict | undefined> {
  const { job, source, samples, tasks } = work;
  if (source.format === 'onnx') return undefined;
  const result = await attempt(async () =>
    tasks.run(
      'verify',
      verifyStep,
      {
        source: source.given,
        model: source.artifact,
        ...importOptionsOf(job),
        data: samples.refs,
        split: samples.split,
        references: await availableReferences(source.format),
      },
      { note: ({ verified }) => verified },
    ),
  );
  if (result.status !== 'done')
    return { verified: 'not verified', notes: [`not verified: ${result.reason}`] };
  const { verified, agrees, notes } = result.value;
  return { verified, notes, ...(agrees !== undefined && { agrees }) };
}
