import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { LimitError, ToolError } from '../../shared/base/errors.ts';
import type { NamedTensors } from '../../shared/base/tensor.ts';
import {
  type AskOptions,
  RuntimeAnswerError,
  RuntimeLostError,
  RuntimeProcess,
} from '../../shared/runtime/runtime-process.ts';
import { childOptions } from '../../shared/runtime/session.ts';
import { REAL } from './_models.ts';

const IMAGE = {
  type: 'float32',
  dims: [1, 128, 128, 3],
  data: new Float32Array(128 * 128 * 3),
} as const;

/** Asks for a minute's work: only killing ends it. */
async function startLongRun(
  child: RuntimeProcess,
  options: AskOptions = {},
): Promise<{ run: Promise<unknown> }> {
  const session = child.nextSessionNumber();
  const { inputs } = await child.ask('open', {
    session,
    source: REAL.blazeFront,
    options: childOptions({}),
  });
  const feeds: NamedTensors = { [inputs[0]?.name ?? '']: IMAGE };
  const order = new Array<number>(1_000_000).fill(0);
  const run = child.ask(
    'time',
    { sessions: [session], feeds: [feeds], order },
    { doing: 'timing blazeface', ...options },
  );
  run.catch(() => {});
  return { run };
}

describe('RuntimeProcess', { timeout: 20_000 }, () => {
  it('answers and ends when closed', async () => {
    const child = new RuntimeProcess();
    const [version, memory] = await Promise.all([
      child.ask('version', null),
      child.ask('memory', { forgetPeak: false }),
    ]);
    expect(version).toMatch(/^\d+\.\d+\.\d+$/);
    expect(memory.peakBytes).toBeGreaterThanOrEqual(memory.residentBytes);
    expect(memory.residentBytes).toBeGreaterThan(10_000_000);
    await child.close();
    expect(child.alive).toBe(false);
    expect(isRunning(child.pid)).toBe(false);
    await expect(child.ask('version', null)).rejects.toThrow(RuntimeLostError);
  });

  it('passes on the error of onnxruntime and lives on', async () => {
    await using child = new RuntimeProcess();
    await expect(
      child.ask('open', { session: 1, source: new Uint8Array(9), options: childOptions({}) }),
    ).rejects.toThrow(RuntimeAnswerError);
    expect(await child.ask('version', null)).toMatch(/^1\./);
  });

  it('kills the child when the time is over, and says what took so long', async () => {
    const child = new RuntimeProcess();
    const { run } = await startLongRun(child, { timeoutMs: 300 });
    const waiting = child.ask('version', null);
    await expect(run).rejects.toThrow(/^timing blazeface took longer than 0\.3 s and was stopped$/);
    await expect(run).rejects.toThrow(LimitError);
    await expect(waiting).rejects.toThrow(RuntimeLostError);
    await child.close();
    expect(isRunning(child.pid)).toBe(false);
  });

  it('counts the time of a request from when it begins, not from when it is asked', async () => {
    await using child = new RuntimeProcess();
    await child.ask('version', null);
    const stop = new AbortController();
    const { run } = await startLongRun(child, { signal: stop.signal });
    const waiting = child.ask('memory', { forgetPeak: false }, { timeoutMs: 100 });
    await sleep(300);
    stop.abort(new Error('enough'));
    await expect(run).rejects.toThrow('enough');
    // Not a LimitError: its own 100 ms had not begun.
    await expect(waiting).rejects.toThrow(RuntimeLostError);
  });

  it('drops an aborted request that has not begun, and the one before it goes on', async () => {
    await using child = new RuntimeProcess();
    const stop = new AbortController();
    const before = child.ask('version', null);
    const dropped = child.ask('version', null, { signal: stop.signal });
    stop.abort(new Error('not needed'));
    await expect(dropped).rejects.toThrow('not needed');
    expect(await before).toMatch(/^1\./);
    expect(await child.ask('version', null)).toMatch(/^1\./);
    await expect(child.ask('version', null, { signal: stop.signal })).rejects.toThrow('not needed');
  });

  it('turns a crash into an error that names the signal and the work', async () => {
    const child = new RuntimeProcess();
    const { run } = await startLongRun(child);
    await sleep(100);
    process.kill(child.pid ?? -1, 'SIGSEGV');
    await expect(run).rejects.toThrow(/was ended by SIGSEGV while timing blazeface/);
    await expect(run).rejects.toThrow(ToolError);
    expect(child.alive).toBe(false);
  });

  it('takes a SIGKILL that it did not send for the system being out of memory', async () => {
    const child = new RuntimeProcess();
    const { run } = await startLongRun(child);
    process.kill(child.pid ?? -1, 'SIGKILL');
    await expect(run).rejects.toThrow(LimitError);
  });

  it('closes while the child is busy', async () => {
    const child = new RuntimeProcess();
    const { run } = await startLongRun(child);
    await child.close();
    await expect(run).rejects.toThrow(RuntimeLostError);
    expect(isRunning(child.pid)).toBe(false);
  });

  it('gives the child no more of the environment than it needs', async () => {
    process.env.FETTLE_TEST_SECRET = 'hush';
    await using child = new RuntimeProcess();
    await child.ask('version', null);
    delete process.env.FETTLE_TEST_SECRET;
    if (process.platform === 'linux') {
      const environment = readFileSync(`/proc/${child.pid}/environ`, 'utf8');
      expect(environment).not.toContain('hush');
      expect(environment).toContain('ORT_DISABLE_TELEMETRY=1');
    }
  });

  it('does not outlive or hold up the process that started it', async () => {
    const entry = new URL('../../shared/runtime/runtime-process.ts', import.meta.url);
    const script = `
      import { RuntimeProcess } from ${JSON.stringify(entry.href)};
      const child = new RuntimeProcess();
      await child.ask('version', null);
      console.log(child.pid);`;
    // Ends by itself though the child is never closed.
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '-e', script],
      { timeout: 10_000 },
    );
    expect(Number(stdout)).toBeGreaterThan(1);
    await expect.poll(() => isRunning(Number(stdout)), { timeout: 3_000 }).toBe(false);
  });
});

function isRunning(pid: number | undefined): boolean {
  try {
    return process.kill(pid ?? -1, 0);
  } catch {
    return false;
  }
}
