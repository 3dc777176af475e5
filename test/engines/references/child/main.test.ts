import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../../../architecture/sources.ts';

test('answers errors as text and ends with its parent', async () => {
  const child = fork(join(ROOT, 'shared/engines/references/child/main.ts'), {
    serialization: 'advanced',
    execArgv: [],
  });
  child.send({ id: 1, kind: 'run', ask: {} });
  child.send({ id: 2, kind: 'open', ask: { module: 'file:///nowhere.js', model: {}, ports: {} } });
  const replies: unknown[] = [];
  while (replies.length < 2) replies.push((await once(child, 'message'))[0]);
  expect(replies).toEqual([
    { id: 1, ok: false, message: 'no model is open' },
    { id: 2, ok: false, message: expect.stringContaining('nowhere.js') },
  ]);
  child.disconnect();
  expect(await once(child, 'exit')).toEqual([0, null]);
});
