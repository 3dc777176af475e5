/** An error as one short paragraph: what was wrong, where, what to do. */
import { FettleError } from '../base/errors.ts';

/** Text for stderr, newline included. With `debug`, the stack and its causes follow. */
export function errorText(error: unknown, { debug = false, color = false } = {}): string {
  const label = color ? '\x1b[31merror:\x1b[39m' : 'error:';
  const lines = [`${label} ${paragraph(error)}`];
  if (debug) lines.push(stackWithCauses(error));
  return `${lines.join('\n')}\n`;
}

function paragraph(error: unknown): string {
  if (!(error instanceof FettleError)) {
    const what = error instanceof Error ? error.message : String(error);
    return `a defect in Fettle: ${sentence(what)} Please report it with the output of --debug.`;
  }
  const { message, where, hint, exitCode } = error;
  // A place is often already in the message: a model's path, a node's name.
  const place = where !== undefined && !message.includes(where) ? `${where}: ` : '';
  const advice =
    hint ??
    (exitCode === 70
      ? 'This is a defect in Fettle: please report it with the output of --debug.'
      : '');
  return `${place}${sentence(message)}${advice === '' ? '' : ` ${advice}`}`;
}

const sentence = (text: string): string =>
  /[.!?]$/.test(text.trim()) ? text.trim() : `${text.trim()}.`;

function stackWithCauses(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const own = error.stack ?? String(error);
  return error.cause === undefined ? own : `${own}\ncaused by: ${stackWithCauses(error.cause)}`;
}
