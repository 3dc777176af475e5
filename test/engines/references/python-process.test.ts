import { describe, expect, test } from 'vitest';
import { LimitError, ToolError } from '../../../shared/base/errors.ts';
import { PythonProcess } from '../../../shared/engines/references/python-process.ts';

/** Node in Python's place: it reads and writes the same lines. */
const SCRIPT = `
require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
  const { kind } = JSON.parse(line);
  if (kind === 'die') { console.error('MemoryError'); process.exit(1); }
  if (kind === 'noise') console.log('[]');
  if (kind === 'fail') console.log(JSON.stringify({ ok: false, message: 'ValueError: no' }));
  if (kind === 'see') console.log(JSON.stringify({ ok: true, answer: process.env.SECRET ?? 'hidden' }));
});`;

const start = () => new PythonProcess(process.execPath, SCRIPT, [], '-e');
const asking = { timeoutMs: 10_000, doing: 'trying' };

describe('a process that answers lines', () => {
  test('answers, fails, and is ended', async () => {
    process.env.SECRET = 'seen';
    const child = start();
    expect(await child.ask({ kind: 'see' }, asking)).toBe('hidden');
    await expect(child.ask({ kind: 'fail' }, asking)).rejects.toThrow(
      'TensorFlow says: ValueError: no',
    );
    await expect(child.ask({ kind: 'noise' }, asking)).rejects.toThrow(ToolError);
    await child.close();
    await expect(child.ask({ kind: 'see' }, asking)).rejects.toThrow(ToolError);
    delete process.env.SECRET;
  });

  test('its last words are told', async () => {
    const child = start();
    await expect(child.ask({ kind: 'die' }, asking)).rejects.toThrow(
      'Python ended with code 1: MemoryError',
    );
    await child.close();
  });

  test('it is killed when it takes too long', async () => {
    const child = start();
    const hanging = child.ask({ kind: 'hang' }, { ...asking, timeoutMs: 50 });
    await expect(hanging).rejects.toThrow(LimitError);
    await child.close();
  });

  test('one that cannot be started says so', async () => {
    const child = new PythonProcess('/no/such/python', '', []);
    await expect(child.ask({}, asking)).rejects.toThrow(/could not be started/);
    await child.close();
  });
});
