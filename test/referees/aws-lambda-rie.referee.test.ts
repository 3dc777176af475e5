/** The runtime API by AWS: the same functions under the same runtime interface client answer the same in both emulators. */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import * as handlers from '../../functions/index.ts';
import { freshFolder } from '../../scripts/functions/fresh-folder.ts';
import { makeTempDir, removeTempDir } from '../../shared/base/files.ts';
import { fixture } from '../emulators/lambda/_functions.ts';
import { writeRuntimeFiles } from '../emulators/lambda/runtime-client-file.ts';
import {
  type FunctionSettings,
  type LambdaEmulator,
  startLambda,
} from '../emulators/lambda/start-lambda.ts';
import { freePort, Server, withReferee } from './_referee.ts';

/** What is not compared, as Lambda itself has another form: a time-out is plain text there. */
const SECONDS = 20;

const NO_ENVIRONMENT = 'the environment of this function is not what its stack gives';

/** In which of its own words, not in those of a runtime that lost it, each function refuses a wrong event. */
const REFUSALS: Readonly<Record<string, string>> = {
  advance: 'ZodError',
  api: 'the message is not one that is understood',
  gather: NO_ENVIRONMENT,
  ingest: NO_ENVIRONMENT,
  measure: 'ZodError',
  publish: 'ZodError',
  rerun: NO_ENVIRONMENT,
  work: 'ZodError',
};

/** Without what is another in every call; of megabytes only so much that a difference shows. */
function comparable(text: string): string {
  const same = text.replace(/RequestId: [0-9a-f-]{36}/g, 'RequestId');
  if (same.length < 10_000) return same;
  return `${same.length} characters: ${createHash('sha256').update(same).digest('hex')}`;
}

withReferee('aws-lambda-rie', (program) => {
  let folder: string;
  let lambda: LambdaEmulator;

  beforeAll(async () => {
    folder = makeTempDir('referee');
    lambda = await startLambda();
  });

  afterAll(async () => {
    await lambda.close();
    removeTempDir(folder);
  });

  /** It serves one function, one event after another. */
  async function byReferee({ root, handler }: FunctionSettings, payload: string): Promise<string> {
    const { client, ric } = writeRuntimeFiles(folder);
    const [port, runtimePort] = [await freePort(), await freePort()];
    const addresses = [
      ['--runtime-interface-emulator-address', `127.0.0.1:${port}`],
      ['--runtime-api-address', `127.0.0.1:${runtimePort}`],
    ].flat();
    await using server = await Server.start(
      program,
      [...addresses, process.execPath, client, ric, handler],
      {
        port,
        cwd: root,
        seconds: 30,
        env: {
          LAMBDA_TASK_ROOT: root,
          AWS_LAMBDA_FUNCTION_NAME: 'one',
          AWS_LAMBDA_FUNCTION_TIMEOUT: String(SECONDS),
        },
      },
    );
    const url = `${server.endpoint}/2015-03-31/functions/function/invocations`;
    const answer = await fetch(url, { method: 'POST', body: payload });
    return await answer.text();
  }

  async function bothAnswers(
    settings: FunctionSettings,
    payload: unknown,
  ): Promise<readonly [string, string]> {
    const one = { ...settings, timeout: SECONDS, memory: 1024 };
    lambda.define('one', one);
    const own = await lambda.invoke('one', payload);
    const theirs = await byReferee(one, JSON.stringify(payload));
    return [comparable(own.payload), comparable(theirs)];
  }

  it.each([
    ['a result', fixture('logs'), {}],
    ['who asks for more before it has answered', fixture('asksAgain'), { a: 1 }],
    ['an error', fixture('boom'), {}],
    ['an error of many strange letters', fixture('cries'), {}],
    ['the end of the process', fixture('exits'), {}],
    ['the longest answer', fixture('large'), { bytes: 6_291_556 }],
    ['an answer that is too long', fixture('large'), { bytes: 6_291_557 }],
    ['a module that cannot be loaded', { ...fixture(''), handler: 'broken.handler' }, {}],
    ['a handler that is none', fixture('none'), {}],
  ])('agrees on %s', async (_what, settings, payload) => {
    const [own, theirs] = await bothAnswers(settings, payload);
    expect(own).toBe(theirs);
  });

  it('knows every function', () => {
    expect(Object.keys(REFUSALS).toSorted()).toEqual(Object.keys(handlers).toSorted());
  });

  it.each(Object.entries(REFUSALS))('boots the built folder for %s', async (handler, refusal) => {
    const settings = { root: await freshFolder(), handler: `index.${handler}` };
    const [own, theirs] = await bothAnswers(settings, { wrong: true });
    expect(own).toContain(refusal);
    expect(own).toBe(theirs);
  });
});
