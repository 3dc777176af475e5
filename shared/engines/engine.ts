/** What a target is to the pipeline: one interface, one contract test (`test/contracts/engine.ts`). */
import type { RuntimeSession, SessionOptions } from '../runtime/session.ts';

/** Whether an engine can build or run here, and if not, why. */
export type Availability =
  | { readonly available: true }
  | { readonly available: false; readonly reason: string };

export interface Engine {
  /** As in `--targets`. */
  readonly target: string;
  /** Of its artifacts, with the dot. */
  readonly suffix: string;
  /** Its version is part of the key of everything that it builds and runs. */
  available(): Promise<Availability>;
  /**
   * Makes its artifact at `to` from an ONNX model at `from`, whole or not at all.
   * @throws UnsupportedError for what the target cannot hold
   */
  build(from: string, to: string): Promise<void>;
  /** Loads an artifact of its own, ready to run; latencies are taken through {@link measureLatency}, side by side. */
  open(path: string, options?: SessionOptions): Promise<RuntimeSession>;
}
