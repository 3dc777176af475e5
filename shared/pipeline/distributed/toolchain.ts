/** What would make the same model and data give another result: the versions of everything that works on them. */
import { z } from 'zod';
import { digestJson, hexOf } from '../../base/digest.ts';
import { toolVersion } from '../../base/tool-version.ts';
import { installedRuntimeVersion } from '../../runtime/runtime-version.ts';
import { loadStep, STEP_NAMES } from '../steps/registry.ts';

export const toolchainSchema = z.object({
  /** Of Fettle. */
  tool: z.string(),
  /** "onnxruntime-node 1.30.0". */
  runtime: z.string(),
  /** Digest of the versions of all steps, 12 hex digits. */
  steps: z.string(),
});
export type Toolchain = z.infer<typeof toolchainSchema>;

let current: Promise<Toolchain> | undefined;

/** Of this installation. @throws UnsupportedError without a runtime */
export function currentToolchain(): Promise<Toolchain> {
  current ??= readToolchain();
  return current;
}

async function readToolchain(): Promise<Toolchain> {
  const versions: Record<string, number> = {};
  for (const name of STEP_NAMES) versions[name] = (await loadStep(name)).version;
  return {
    tool: toolVersion(),
    runtime: `onnxruntime-node ${installedRuntimeVersion()}`,
    steps: hexOf(digestJson(versions)).slice(0, 12),
  };
}

/** Whether both give the same results. */
export const isSameToolchain = (a: Toolchain, b: Toolchain): boolean =>
  a.tool === b.tool && a.runtime === b.runtime && a.steps === b.steps;
