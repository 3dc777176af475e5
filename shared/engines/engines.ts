/** Every engine by target. A new one is a folder beside `onnxruntime` and a line here. */
import { DefectError } from '../base/errors.ts';
import type { Engine } from './engine.ts';
import { onnxEngine } from './onnxruntime/onnx.ts';
import { ortEngine } from './onnxruntime/ort.ts';

export const ENGINES: readonly Engine[] = [onnxEngine, ortEngine];

/** The engine of a target that `--targets` takes. */
export function engineFor(target: string): Engine {
  const engine = ENGINES.find((one) => one.target === target);
  if (engine) return engine;
  throw new DefectError(`no engine builds "${target}"`);
}
