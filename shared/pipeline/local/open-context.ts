/** The context of a run on this machine: folder store, child processes, this CPU. */
import type { Log } from '../../base/log.ts';
import { describeMachine } from '../../runtime/machine.ts';
import { installedRuntimeVersion } from '../../runtime/runtime-version.ts';
import type { PipelineContext } from '../context.ts';
import type { ProgressPort } from '../progress.ts';
import { REGISTRY_URL } from '../steps/registry.ts';
import { FolderStore } from '../store/folder-store.ts';
import { inTurn } from '../together.ts';
import { ChildExecutor } from './child-executor.ts';
import { openWorkFolder } from './work-folder.ts';

export interface LocalOptions {
  readonly storeFolder: string;
  readonly log: Log;
  readonly progress: ProgressPort;
  readonly remeasure?: boolean;
  readonly protocol?: 'full' | 'short';
}

/** @throws UnsupportedError when onnxruntime is not installed */
export async function openLocalContext({
  storeFolder,
  log,
  progress,
  remeasure = false,
  protocol = 'full',
}: LocalOptions): Promise<PipelineContext> {
  const store = new FolderStore(storeFolder);
  const runtime = `onnxruntime-node ${installedRuntimeVersion()}`;
  const tempDir = await openWorkFolder();
  return {
    store,
    log,
    progress,
    machine: await describeMachine(),
    runtime,
    together: inTurn,
    now: () => performance.now(),
    remeasure,
    protocol,
    measuresLatency: true,
    openExecutor: ({ sources, timeout, memoryBytes }) =>
      new ChildExecutor({
        store,
        registry: REGISTRY_URL,
        sources,
        tempDir,
        runtime,
        log,
        ...(timeout !== undefined && { deadline: performance.now() + timeout * 1000 }),
        ...(memoryBytes !== undefined && { memoryBytes }),
      }),
  };
}
