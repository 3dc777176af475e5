/** Progress as lines, for logs and pipes: one a finished task, and a sign of life from long ones. */
import type { PlannedTask, ProgressPort } from '../progress.ts';
import type { Progress } from '../step.ts';
import { endText, runningText } from './task-line.ts';

/** How long a task may be silent. CI systems stop jobs without output after minutes; people after seconds. */
const HEARTBEAT_MS = 15_000;

interface Running {
  readonly task: PlannedTask;
  readonly started: number;
  progress: Progress;
}

/** Writes lines with `write`, newline included. */
export function plainProgress(
  write: (line: string) => void,
  heartbeatMs = HEARTBEAT_MS,
): ProgressPort {
  const tasks = new Map<string, PlannedTask>();
  const running = new Map<string, Running>();
  const done = new Set<string>();
  let total = 0;
  let heartbeat: NodeJS.Timeout | undefined;
  const seconds = ({ started }: Running): number => (performance.now() - started) / 1000;

  const beat = (): void => {
    for (const job of running.values()) {
      write(`  … ${runningText(job.task.title, seconds(job), job.task.seconds, job.progress)}\n`);
    }
  };
  return {
    plan: (model, planned) => {
      tasks.clear();
      for (const task of planned) tasks.set(task.id, task);
      done.clear();
      total = planned.length;
      write(`${model}: ${planned.length} steps\n`);
      heartbeat ??= setInterval(beat, heartbeatMs);
      heartbeat.unref();
    },
    start: (id) => {
      const task = tasks.get(id);
      if (task) running.set(id, { task, started: performance.now(), progress: {} });
    },
    update: (id, progress) => {
      const job = running.get(id);
      if (job) job.progress = { ...job.progress, ...progress };
    },
    pause: (id) => {
      running.delete(id);
    },
    end: (id, end) => {
      const task = tasks.get(id);
      if (!task) return;
      const job = running.get(id);
      running.delete(id);
      // A task may be taken up again for a late variant: what is known then is no news.
      if (done.has(id) && end.kind !== 'failed') return;
      done.add(id);
      write(`  [${done.size}/${total}] ${endText(task.title, job ? seconds(job) : 0, end)}\n`);
    },
    close: async () => {
      clearInterval(heartbeat);
      heartbeat = undefined;
    },
  };
}
