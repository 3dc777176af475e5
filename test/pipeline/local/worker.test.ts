import { fork } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';

const WORKER = new URL('../../../shared/pipeline/local/worker.ts', import.meta.url);

test('an order before init is a defect, told and not fatal; a lost parent ends it', async () => {
  const child = fork(WORKER, { execArgv: [], stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
  child.send({ type: 'order', step: 'x', input: 1, fresh: false, sources: {} });
  const [answer] = await once(child, 'message');
  expect(answer).toMatchObject({ type: 'failed', error: { kind: 'DefectError' } });
  child.disconnect();
  expect((await once(child, 'exit'))[0]).toBe(0);
});
