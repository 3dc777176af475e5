/** Whether a converted model computes what its source does: both run on the same samples. */
import type { NamedTensors } from '../../base/tensor.ts';
import type { OpenedSource } from '../../formats/open-source.ts';
import {
  checkOutputs,
  isNanAlone,
  mergeChecks,
  type OutputCheck,
} from '../../measure/check-output.ts';
import type { DataSet } from '../../measure/data/data-set.ts';
import type { RuntimeSession } from '../../runtime/session.ts';
import { type Divergence, firstDivergence } from './first-divergence.ts';
import {
  NotVerified,
  type OpenedReference,
  ofReference,
  openReference,
  type ReferenceRequest,
} from './open-reference.ts';

/** What a comparison gave. */
export interface Compared {
  readonly status: 'compared';
  /** The runtime that ran the source, or `golden outputs`. */
  readonly against: string;
  readonly samples: number;
  readonly synthetic: boolean;
  readonly maxAbsError: number;
  readonly outputs: readonly OutputCheck[];
  readonly isWithinTolerance: boolean;
  /** Where the two first differ, when they do and the reference shows inner tensors. */
  readonly divergence?: Divergence;
  /** Of golden outputs that differ: what the source's own runtime gives for the same inputs. */
  readonly reference?: Compared | NotCompared;
  /** What else is to be said: of golden outputs that prove nothing. */
  readonly remark?: string;
}

/** Nothing could be compared: nothing is known of the conversion. */
export interface NotCompared {
  readonly status: 'not verified';
  readonly reason: string;
}

export type Verification = Compared | NotCompared;

/** What golden outputs are called where the name of a runtime stands else. */
const GOLDEN = 'golden outputs';

/** Samples that are compared: a wrong layout or a lost op shows on the first. */
const CHECK_SAMPLES = 16;

export interface VerificationRequest extends ReferenceRequest {
  /** The source, open. */
  readonly source: OpenedSource;
  /** Loads the converted model; after the reference, without which there is nothing to say. */
  readonly open: () => Promise<Pick<RuntimeSession, 'run' | 'close'>>;
  /** Called with the first sample's inputs. @throws what is wrong with them */
  readonly checkFeeds?: (feeds: NamedTensors) => void;
  readonly data: Pick<DataSet, 'length' | 'sample' | 'goldenOutputs'>;
  readonly isSynthetic: boolean;
}

/**
 * Golden outputs are believed before any runtime. Where they differ, the source's own runtime is asked, too: it tells
 * whether they are off or the conversion is. @throws what running the converted model throws
 */
export async function verifyConversion(request: VerificationRequest): Promise<Verification> {
  if (!request.data.goldenOutputs) return withReference(request);
  const golden = await againstGolden(request);
  if (golden.outputs.every(isNanAlone)) {
    const remark = 'the golden outputs are NaN everywhere, which proves nothing';
    const other = await withReference(request);
    return other.status === 'compared'
      ? { ...other, remark }
      : { ...other, reason: `${remark}; ${other.reason}` };
  }
  return golden.isWithinTolerance ? golden : { ...golden, reference: await withReference(request) };
}

async function withReference(request: VerificationRequest): Promise<Verification> {
  try {
    const result = await againstReference(request);
    if (!result.outputs.every(isNanAlone)) return result;
    const reason = `${result.against} gives NaN for everything on these inputs, and so does what was written: that proves nothing`;
    return { status: 'not verified', reason };
  } catch (error) {
    if (!(error instanceof NotVerified)) throw error;
    return { status: 'not verified', reason: error.message };
  }
}

async function againstGolden(request: VerificationRequest): Promise<Compared> {
  const { data, isSynthetic, source } = request;
  const { rounding } = source;
  await using converted = await openConverted(request);
  const checks: OutputCheck[][] = [];
  const samples = Math.min(CHECK_SAMPLES, data.length);
  for (let index = 0; index < samples; index++) {
    const wanted = data.goldenOutputs?.output(index) ?? {};
    checks.push(checkOutputs(wanted, await converted.run(await data.sample(index)), rounding));
  }
  return summary(GOLDEN, checks, isSynthetic);
}

async function againstReference(request: VerificationRequest): Promise<Compared> {
  const { source, data, isSynthetic } = request;
  await using reference = await openReference(request, await data.sample(0));
  await using converted = await openConverted(request);
  const checks: OutputCheck[][] = [];
  const samples = Math.min(CHECK_SAMPLES, data.length);
  let differing: NamedTensors | undefined;
  for (let index = 0; index < samples; index++) {
    const feeds = await data.sample(index);
    const wanted = await ofReference(() => reference.run(feeds));
    const found = checkOutputs(wanted, await converted.run(feeds), source.rounding);
    checks.push(found);
    if (found.some(({ isWithinTolerance }) => !isWithinTolerance)) differing ??= feeds;
  }
  const result = summary(reference.name, checks, isSynthetic);
  if (!differing || result.isWithinTolerance) return result;
  const divergence = await locate(source, reference, differing);
  return divergence ? { ...result, divergence } : result;
}

/** The converted model, whose first sample is looked at before it runs. */
async function openConverted({ open, checkFeeds }: VerificationRequest) {
  const session = await open();
  let isFirst = true;
  return {
    run: (feeds: NamedTensors): Promise<NamedTensors> => {
      if (isFirst) checkFeeds?.(feeds);
      isFirst = false;
      return session.run(feeds);
    },
    [Symbol.asyncDispose]: () => session.close(),
  };
}

/** That a search fails is no reason to withhold what was found before it. */
async function locate(
  { model, origins }: OpenedSource,
  { tap }: OpenedReference,
  feeds: NamedTensors,
): Promise<Divergence | undefined> {
  if (!tap) return undefined;
  try {
    return await firstDivergence(model, origins, feeds, (names) =>
      ofReference(() => tap(feeds, names)),
    );
  } catch (error) {
    if (error instanceof NotVerified) return undefined;
    throw error;
  }
}

function summary(
  against: string,
  samples: readonly (readonly OutputCheck[])[],
  synthetic: boolean,
): Compared {
  const outputs = mergeChecks(samples);
  return {
    status: 'compared',
    against,
    samples: samples.length,
    synthetic,
    maxAbsError: Math.max(0, ...outputs.map(({ maxAbsError }) => maxAbsError)),
    outputs,
    isWithinTolerance:
      outputs.length > 0 && outputs.every(({ isWithinTolerance }) => isWithinTolerance),
  };
}
