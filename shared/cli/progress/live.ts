/** Progress as a list that redraws itself, for a terminal. Drawn by listr2, driven by the pipeline's events. */
import { Listr, ListrLogger, ProcessOutput } from 'listr2';
import { endText, runningText } from '../../pipeline/progress/task-line.ts';
import type { PlannedTask, ProgressPort, TaskEnd } from '../../pipeline/progress.ts';
import type { Progress } from '../../pipeline/step.ts';

/** How often elapsed times are renewed. */
const TICK_MS = 500;

/** One task between the pipeline, which says when it starts and ends, and listr2, which waits for it. */
class LiveTask {
  readonly planned: PlannedTask;
  readonly ended: Promise<TaskEnd>;
  started: number | undefined;
  progress: Progress = {};
  #resolve: (end: TaskEnd) => void = () => {};

  constructor(planned: PlannedTask) {
    this.planned = planned;
    this.ended = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  get seconds(): number {
    return this.started === undefined ? 0 : (performance.now() - this.started) / 1000;
  }

  end(end: TaskEnd): void {
    this.#resolve(end);
  }
}

/** Draws on `stream`, a terminal. */
export function liveProgress(stream: NodeJS.WriteStream): ProgressPort {
  const tasks = new Map<string, LiveTask>();
  let drawing: Promise<unknown> = Promise.resolve();

  const settle = (): void => {
    for (const task of tasks.values()) task.end({ kind: 'skipped', reason: 'not run' });
    tasks.clear();
  };
  return {
    plan: (model, planned) => {
      settle();
      for (const task of planned) tasks.set(task.id, new LiveTask(task));
      const shown = [...tasks.values()];
      drawing = drawing.then(() => {
        stream.write(`${model}\n`);
        return draw(shown, stream);
      });
    },
    start: (id) => {
      const task = tasks.get(id);
      if (task) task.started = performance.now();
    },
    update: (id, progress) => {
      const task = tasks.get(id);
      if (task) task.progress = { ...task.progress, ...progress };
    },
    pause: (id) => {
      const task = tasks.get(id);
      if (task) task.started = undefined;
    },
    end: (id, end) => tasks.get(id)?.end(end),
    close: async () => {
      settle();
      await drawing;
    },
  };
}

async function draw(tasks: readonly LiveTask[], stream: NodeJS.WriteStream): Promise<void> {
  const output = new ProcessOutput(stream, stream, { leaveEmptyLine: false });
  const list = new Listr(
    tasks.map((task) => ({
      title: task.planned.title,
      exitOnError: false,
      task: async (_, shown) => {
        const { title, seconds } = task.planned;
        const tick = setInterval(() => {
          if (task.started !== undefined)
            shown.title = runningText(title, task.seconds, seconds, task.progress);
        }, TICK_MS);
        const end = await task.ended;
        clearInterval(tick);
        shown.title = endText(title, task.seconds, end);
        if (end.kind === 'skipped') shown.skip();
        if (end.kind === 'failed') throw new Error(end.reason);
      },
    })),
    {
      concurrent: false,
      exitOnError: false,
      // Signals are the command line's: it stops children and removes what is half-written.
      registerSignalListeners: false,
      forceTTY: true,
      rendererOptions: {
        logger: new ListrLogger({ useIcons: true, processOutput: output }),
        showErrorMessage: false,
        collapseErrors: false,
        collapseSkips: false,
        suffixSkips: false,
      },
    },
  );
  await list.run();
}
