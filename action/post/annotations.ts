/** Annotations: what is broken, at the line of the configuration that broke. */

import { worstGatesFirst } from '../../shared/report/row-facts.ts';
import type { Gate, ModelReport } from '../../shared/report/schema.ts';
import { visibleText } from '../../shared/report/visible-text.ts';
import type { ModelChange } from '../changes/model-change.ts';
import type { Outcome } from '../outcome.ts';

export interface Annotation {
  readonly level: 'error' | 'warning' | 'notice';
  /** One line. */
  readonly message: string;
  readonly title: string;
  /** From the repository's root. */
  readonly file?: string;
  readonly startLine?: number;
}

/** GitHub shows ten of each level a step; the last one counts the rest. */
const MAX_EACH = 10;

/** Problems first, then models as the report has them; the worst of each model first. */
export function annotationsOf({ report, changes, problems, configPath }: Outcome): Annotation[] {
  const all: Annotation[] = problems.map(({ level, message, hint, where, line }) => ({
    level,
    title: 'Fettle',
    message: [message, ...(hint === undefined ? [] : [hint])].join('. '),
    ...(where === undefined ? {} : { file: where }),
    ...(line === undefined ? {} : { startLine: line }),
  }));
  for (const model of report?.models ?? []) {
    const change = changes.find(({ name }) => name === model.name);
    const place = placeOf(change, configPath);
    all.push(...annotationsOfModel(model).map((annotation) => ({ ...annotation, ...place })));
  }
  return (['error', 'warning', 'notice'] as const).flatMap((level) => {
    const own = all.filter((annotation) => annotation.level === level).map(calm);
    if (own.length <= MAX_EACH) return own;
    const message = `and ${own.length - MAX_EACH + 1} more, see the job's summary`;
    return [...own.slice(0, MAX_EACH - 1), { level, title: 'Fettle', message }];
  });
}

function annotationsOfModel(model: ModelReport): Omit<Annotation, 'file' | 'startLine'>[] {
  const title = `Fettle: ${model.name}`;
  if (model.reason !== undefined) return [{ level: 'error', title, message: model.reason }];
  return worstGatesFirst(model.gates ?? []).flatMap((gate) => {
    const level = LEVELS[gate.result];
    if (level === undefined) return [];
    return [{ level, title, message: `${gate.variant} ${gate.sentence}` }];
  });
}

const LEVELS: Readonly<Partial<Record<Gate['result'], Annotation['level']>>> = {
  broken: 'error',
  inconclusive: 'warning',
};

/** The budget's line; of a model that is not configured its own file. */
function placeOf(
  change: ModelChange | undefined,
  configPath: string,
): Pick<Annotation, 'file' | 'startLine'> {
  if (change?.configLine !== undefined) return { file: configPath, startLine: change.configLine };
  const file = change?.head?.path;
  return file === undefined ? {} : { file };
}

/** Names come from files of strangers: nothing in them ends the line or hides. */
function calm(annotation: Annotation): Annotation {
  const { title, message } = annotation;
  return { ...annotation, title: visibleText(title), message: visibleText(message) };
}
