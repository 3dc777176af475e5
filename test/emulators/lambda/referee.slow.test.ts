/**
 * AWS's own Runtime Interface Emulator runs the same functions, with the same runtime interface client: what both
 * answer must be equal. `AWS_LAMBDA_RIE` names its binary, or it is on the PATH: `go install
 * github.com/aws/aws-lambda-runtime-interface-emulator/cmd/aws-lambda-rie@bef5c4ba774d`.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshFolder } from '../../../scripts/functions/fresh-folder.ts';
import { fixture } from './_functions.ts';
import { writeRuntimeFiles } from './runtime-client-file.ts';
import { type FunctionSettings, type LambdaEmulator, startLambda } from './start-lambda.ts';

const RIE = [
  process.env.AWS_LAMBDA_RIE ?? '',
  ...(process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'aws-lambda-rie')),
].find((path) => path !== '' && existsSync(path));
if (RIE === undefined) console.warn("skipped: there is no aws-lambda-rie, AWS's own emulator");

let folder: string;
let lambda: LambdaEmulator;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'fettle-referee-'));
  lambda = await startLambda();
});

afterAll(async () => {
  await lambda.close();
  rmSync(folder, { recursive: true });
});

/** One function in one emulator that answers one event. It does not take a second at the same time. */
async function byReferee(settings: FunctionSettings, payload: string): Promise<string> {
  const { client, ric } = writeRuntimeFiles(folder);
  const [api, runtime] = [await freePort(), await freePort()];
  const emulator = spawn(
    RIE ?? '',
    [
      '--runtime-interface-emulator-address',
      `127.0.0.1:${api}`,
      '--runtime-api-address',
      `127.0.0.1:${runtime}`,
      process.execPath,
      client,
      ric,
      settings.handler,
    ],
    {
      cwd: settings.root,
      stdio: 'ignore',
      detached: true,
      env: {
        PATH: process.env.PATH,
        LAMBDA_TASK_ROOT: settings.root,
        AWS_LAMBDA_FUNCTION_NAME: 'one',
        AWS_LAMBDA_FUNCTION_TIMEOUT: '20',
      },
    },
  );
  try {
    const url = `http://127.0.0.1:${api}/2015-03-31/functions/function/invocations`;
    for (let attempt = 0; ; attempt++) {
      try {
        const answer = await fetch(url, { method: 'POST', body: payload });
        return await answer.text();
      } catch (error) {
        // It does not listen yet.
        if (attempt > 200) throw error;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  } finally {
    if (emulator.pid !== undefined) process.kill(-emulator.pid, 'SIGKILL');
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' ? (address?.port ?? 0) : 0));
    });
  });
}

/** Without what is another in every call; of megabytes only so much that a difference shows. */
function comparable(text: string): string {
  const same = text.replace(/RequestId: [0-9a-f-]{36}/g, 'RequestId');
  if (same.length < 10_000) return same;
  return `${same.length} characters: ${createHash('sha256').update(same).digest('hex')}`;
}

async function bothAnswers(
  settings: FunctionSettings,
  payload: unknown,
): Promise<readonly [string, string]> {
  lambda.define('one', settings);
  const own = await lambda.invoke('one', payload);
  const theirs = await byReferee(settings, JSON.stringify(payload));
  return [comparable(own.payload), comparable(theirs)];
}

describe.runIf(RIE !== undefined)("AWS's own emulator", () => {
  it.each([
    ['a result', fixture('logs'), {}],
    ['an error', fixture('boom'), {}],
    ['an error of many strange letters', fixture('cries'), {}],
    ['the end of the process', fixture('exits'), {}],
    ['the longest answer', fixture('large'), { bytes: 6_291_556 }],
    ['an answer that is too long', fixture('large'), { bytes: 6_291_557 }],
    ['a module that cannot be loaded', { ...fixture(''), handler: 'broken.handler' }, {}],
    ['a handler that is none', fixture('none'), {}],
  ])('agrees on %s', async (_what, settings, payload) => {
    const [own, theirs] = await bothAnswers({ ...settings, timeout: 20, memory: 512 }, payload);
    expect(own).toBe(theirs);
  });

  it.each(['work', 'advance', 'publish', 'ingest'])(
    'boots the built folder for %s',
    async (handler) => {
      const settings = { root: await freshFolder(), handler: `index.${handler}`, timeout: 20 };
      const [own, theirs] = await bothAnswers({ ...settings, memory: 512 }, {});
      expect(JSON.parse(own)).toMatchObject({ errorType: expect.any(String) });
      expect(own).toBe(theirs);
    },
  );
});
