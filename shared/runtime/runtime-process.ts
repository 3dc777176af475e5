/** The child process that onnxruntime lives in. */
import { moduleUrl } from '../base/module-url.ts';
import type { Operations } from './child/protocol.ts';
import { WorkerProcess } from './worker-process.ts';

export {
  type AskOptions,
  DEFAULT_TIMEOUT_MS,
  RuntimeAnswerError,
  RuntimeLostError,
} from './worker-process.ts';

/** One child. It starts at once, does what it is asked in order, and does not keep this process alive. */
export class RuntimeProcess extends WorkerProcess<Operations> {
  constructor() {
    super({
      entry: moduleUrl('runtime/child/main'),
      title: 'the runtime process',
      crashHint: 'onnxruntime cannot handle this model; `fettle inspect` shows what is in it.',
      // onnxruntime 1.30 sends usage events to Microsoft and keeps a database in the home folder. A tool
      // that opens other people's models must not (and its threads would disturb what is timed).
      environment: { ORT_DISABLE_TELEMETRY: '1' },
    });
  }

  nextSessionNumber(): number {
    return this.nextNumber();
  }
}
