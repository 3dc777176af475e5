/** The runtime child that everything uses which does not bring its own. */
import { RuntimeLostError, RuntimeProcess } from './runtime-process.ts';

let shared: RuntimeProcess | undefined;

/** A live child, started on first use and again after it died. It does not keep this process alive. */
export function sharedProcess(): RuntimeProcess {
  if (!shared?.alive) shared = new RuntimeProcess();
  return shared;
}

/** Ends the shared child, if there is one; the next use starts another. */
export async function closeSharedProcess(): Promise<void> {
  await shared?.close();
  shared = undefined;
}

/** Another's request may have taken the shared child down: how often one asks again. */
const ATTEMPTS = 4;

/** Runs `work` on `given`, or else on the shared child, again while that one dies of something else. */
export async function onProcess<T>(
  given: RuntimeProcess | undefined,
  work: (process: RuntimeProcess) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work(given ?? sharedProcess());
    } catch (error) {
      if (given || !(error instanceof RuntimeLostError) || attempt >= ATTEMPTS) throw error;
    }
  }
}
