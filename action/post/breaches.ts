/** What a review says of each model: which file the thread stands on, and its text. */

import { VERDICT_ICONS } from '../../shared/report/markdown-cells.ts';
import { concerns } from '../../shared/report/markdown-overview.ts';
import { code } from '../../shared/report/markdown-text.ts';
import type { ModelReport } from '../../shared/report/schema.ts';
import type { ModelChange } from '../changes/model-change.ts';
import type { Outcome } from '../outcome.ts';
import { digestOf, type ThreadMark, threadMarker } from './markers.ts';
import { modelState } from './outcome-state.ts';

/** What a thread is to say now. */
export interface Statement {
  readonly mark: ThreadMark;
  /** A file that the pull request changes; absent where only settings or data did. */
  readonly path?: string;
  readonly body: string;
  /** `broken` begins a thread; the others only change one that is there. */
  readonly kind: 'broken' | 'unsure' | 'kept';
}

/** Of every model of the report; what a fixed one says is said of `headSha`. */
export function statements(outcome: Outcome): Statement[] {
  return (outcome.report?.models ?? []).map((model) => {
    const change = outcome.changes.find(({ name }) => name === model.name);
    const path = change && changedFile(change);
    return { ...statementOf(model, outcome), ...(path === undefined ? {} : { path }) };
  });
}

/** The thread's key: of one model of one configuration, whatever its path becomes. */
export function threadKey(configPath: string, model: string): string {
  return digestOf([configPath, model]);
}

/** The first of the model's files that differs between both commits; one that is gone cannot be commented on. */
export function changedFile({ base, head }: ModelChange): string | undefined {
  const before = new Map(base?.files.map(({ path, blob }) => [path, blob]));
  return head?.files.find(({ path, blob }) => before.get(path) !== blob)?.path;
}

/** What a thread says whose model is no longer in the report: the change was taken back. */
export function goneBody(mark: ThreadMark, headSha: string): string {
  const said = { ...mark, status: 'fixed', state: digestOf(['gone', headSha]) } as const;
  return `${threadMarker(said)}\n✅ **Fettle**: no longer changed, as of ${code(headSha.slice(0, 12))}\n`;
}

function statementOf(model: ModelReport, outcome: Outcome): Omit<Statement, 'path'> {
  const { headSha, baseSha, configPath } = outcome;
  const isGone = model.change === 'removed';
  const kind = isGone || model.verdict === 'ok' ? 'kept' : undefined;
  const mark: ThreadMark = {
    key: threadKey(configPath, model.name),
    status: kind === 'kept' ? 'fixed' : 'open',
    state: modelState(model, headSha),
  };
  const head = code(headSha.slice(0, 12));
  const name = code(model.name);
  if (kind === 'kept') {
    const how = isGone ? `${name} is gone` : `${name} is within what it may be`;
    return { mark, kind, body: `${threadMarker(mark)}\n✅ **Fettle**: fixed in ${head}, ${how}\n` };
  }
  const isBroken = model.verdict === 'regressed';
  const title = isBroken
    ? hasBudgets(model)
      ? 'is over budget'
      : 'got worse'
    : 'is not fixed for sure';
  const against = baseSha === undefined ? '' : `, compared with ${code(baseSha.slice(0, 12))}`;
  const lines = [
    threadMarker(mark),
    `${VERDICT_ICONS[model.verdict]} **Fettle**: ${name} ${title}`,
    '',
    concerns([model], 20),
    '',
    `<sub>measured at ${head}${against}</sub>`,
  ];
  return { mark, kind: isBroken ? 'broken' : 'unsure', body: `${lines.join('\n')}\n` };
}

function hasBudgets(model: ModelReport): boolean {
  return (
    model.gates?.some(({ budget, result }) => result === 'broken' && budget !== undefined) === true
  );
}
