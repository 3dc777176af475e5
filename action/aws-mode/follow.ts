/** One comparison from the first question to its answer: what is missing is uploaded, the rest is waiting. */
import { LimitError, ToolError } from '../../shared/base/errors.ts';
import { formatBytes } from '../../shared/report/numbers.ts';
import type { Report } from '../../shared/report/schema.ts';
import type { Question } from './message.ts';
import type { AwsPorts } from './ports.ts';

/** Pauses between questions: the first answers of the store are there at once, a job takes minutes. */
const FIRST_PAUSE_SECONDS = 1;
const LONGEST_PAUSE_SECONDS = 10;

/** GitHub stops a job after six hours; models that take one are better dropped in the inbox. */
const MAX_WAIT_SECONDS = 3600;

/** What is uploaded is there, or somebody removes it meanwhile: then it is put there again. */
const MAX_UPLOAD_ROUNDS = 3;

/** A reason that the function gives; `code` as the exit codes. */
export interface Refusal {
  readonly code: number;
  readonly message: string;
  readonly hint?: string | undefined;
}

/** @throws LimitError when it takes too long, and what the ports throw */
export async function follow(
  name: string,
  { message, places }: Question,
  { ask, fetchFile, upload, sleep, log }: AwsPorts,
): Promise<{ readonly report: Report } | { readonly refusal: Refusal }> {
  let answer = await ask(message);
  for (let rounds = 0; answer.state === 'needs'; rounds++) {
    if (rounds === MAX_UPLOAD_ROUNDS)
      throw new ToolError(`${name}: what was uploaded is not in the store`, {
        hint: 'Look at the log of the function, and run the job again.',
      });
    for (const target of answer.uploads) {
      const place = places.get(target.digest);
      if (!place)
        throw new ToolError(`${name}: the function asks for ${target.digest}, which is not ours`);
      const { file, side, range } = place;
      const [offset, bytes] = range ?? [0, file.lfs?.bytes ?? file.bytes];
      const part = range ? ` from byte ${offset} on` : '';
      log(`${name}: uploading ${file.path}${part} (${formatBytes(bytes)})`);
      await upload(await fetchFile(side, file), target, range);
    }
    answer = await ask(message);
  }
  let shown = -1;
  let pause = FIRST_PAUSE_SECONDS;
  for (let waited = 0; answer.state === 'running'; waited += pause) {
    const percent = Math.round(answer.progress * 100);
    // A line for every tenth: a log is read from above.
    if (Math.floor(percent / 10) > Math.floor(shown / 10)) log(`${name}: ${percent}%`);
    shown = Math.max(shown, percent);
    if (waited >= MAX_WAIT_SECONDS)
      throw new LimitError(`${name}: not done after an hour`, {
        hint: 'Run the job again: what is done by then is known, and the comparison goes on.',
      });
    await sleep(pause);
    pause = Math.min(pause * 1.5, LONGEST_PAUSE_SECONDS);
    answer = await ask({ action: 'status', ticket: answer.ticket });
  }
  if (answer.state === 'done') return { report: answer.report };
  if (answer.state === 'failed') return { refusal: answer.error };
  throw new ToolError(`${name}: the function asks for uploads of a comparison that was running`);
}
