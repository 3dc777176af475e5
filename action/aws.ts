/** The AWS SDK of the Action: the function `api` by Invoke, with the credentials that the workflow configured. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';
import { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { z } from 'zod';
import { InputError, ToolError } from '../shared/base/errors.ts';
import {
  type ApiAnswer,
  type ApiRequest,
  type ApiUpload,
  apiAnswerSchema,
} from '../shared/pipeline/distributed/api-messages.ts';
import type { AwsPorts, ByteRange } from './aws-mode/ports.ts';

/** Throttled calls of a busy account come through within a minute. */
const ATTEMPTS = 8;

/** What Lambda answers when the function threw. */
const thrownSchema = z.looseObject({ errorMessage: z.string() });

/** What the SDK's errors mean here, by name. */
const MEANINGS: Readonly<Record<string, (name: string) => [message: string, hint: string]>> = {
  ResourceNotFoundException: (name) => [
    `there is no function ${name} in this account and region`,
    'The input "function" takes its name or ARN: the output ApiFunction of the stack.',
  ],
  AccessDeniedException: (name) => [
    `the role of this job may not call ${name}`,
    'The stack makes a role for repositories that it is given: see docs/deploy.md.',
  ],
  CredentialsProviderError: () => [
    'mode: aws found no AWS credentials',
    'Run aws-actions/configure-aws-credentials before, with id-token: write.',
  ],
  ExpiredTokenException: () => [
    'the AWS credentials of this job have expired',
    'Give configure-aws-credentials a longer role-duration-seconds.',
  ],
  UnrecognizedClientException: () => [
    'AWS does not know the credentials of this job',
    'Run aws-actions/configure-aws-credentials before, with the role of the stack.',
  ],
};

/** `name`: of the function, or its ARN, which says the region too. */
export function openApi(name: string): AwsPorts['ask'] {
  const region = /^arn:[^:]+:lambda:([^:]+):/.exec(name)?.[1];
  const client = new LambdaClient({
    maxAttempts: ATTEMPTS,
    ...(region && { region }),
    // The SDK's own agents know of no proxy.
    requestHandler: { httpAgent: http.globalAgent, httpsAgent: https.globalAgent },
  });
  return async (message: ApiRequest): Promise<ApiAnswer> => {
    try {
      const payload = Buffer.from(JSON.stringify(message));
      const answer = await client.send(new InvokeCommand({ FunctionName: name, Payload: payload }));
      const text = Buffer.from(answer.Payload ?? []).toString();
      return parse(text, name, answer.FunctionError !== undefined);
    } catch (error) {
      throw explain(error, name);
    }
  };
}

function parse(text: string, name: string, hasThrown: boolean): ApiAnswer {
  const value: unknown = JSON.parse(text);
  if (hasThrown) {
    const { data } = thrownSchema.safeParse(value);
    throw new ToolError(`${name} failed: ${data?.errorMessage ?? 'it gave no reason'}`, {
      hint: 'Its log in CloudWatch says more.',
    });
  }
  const parsed = apiAnswerSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new ToolError(
    `${name} does not answer as Fettle does: ${parsed.error.issues[0]?.message}`,
    {
      hint: 'The function and this version of the Action may be far apart: update the stack.',
    },
  );
}

function explain(error: unknown, name: string): unknown {
  if (!(error instanceof Error)) return error;
  const region = /region is missing/i.test(error.message);
  if (region)
    return new InputError('mode: aws knows no region', {
      hint: 'Give aws-region to configure-aws-credentials, or the ARN of the function.',
    });
  const meaning = Object.hasOwn(MEANINGS, error.name) ? MEANINGS[error.name]?.(name) : undefined;
  if (!meaning) return error;
  return new InputError(meaning[0], { hint: meaning[1], cause: error });
}

/** Of one upload: a connection breaks now and then. */
const UPLOAD_TRIES = 4;

/** Puts a file to an address that takes its bytes alone. The address is a secret while it holds: it is never logged. */
export async function uploadFile(
  path: string,
  { url, headers, digest }: ApiUpload,
  range?: ByteRange,
): Promise<void> {
  const [start, length] = range ?? [0, (await stat(path)).size];
  for (let tries = 1; ; tries++) {
    const said = await put({ path, start, length }, url, headers);
    if (said === undefined) return;
    if (tries === UPLOAD_TRIES || said.isFinal)
      throw new ToolError(`the upload of ${digest} was refused: ${said.reason}`, {
        hint: 'Run the job again.',
      });
    await pause(1000 * 2 ** tries);
  }
}

async function put(
  { path, start, length }: { path: string; start: number; length: number },
  url: string,
  headers: Readonly<Record<string, string>>,
): Promise<{ readonly reason: string; readonly isFinal: boolean } | undefined> {
  try {
    const response = await fetch(url, {
      method: 'PUT',
      headers: { ...headers, 'content-length': String(length) },
      body:
        length === 0
          ? ''
          : Readable.toWeb(createReadStream(path, { start, end: start + length - 1 })),
      duplex: 'half',
    });
    if (response.ok) return undefined;
    const code = /<Code>(\w+)</.exec(await response.text())?.[1] ?? '';
    return { reason: `${response.status} ${code}`.trim(), isFinal: response.status < 500 };
  } catch (error) {
    return { reason: error instanceof Error ? error.message : String(error), isFinal: false };
  }
}
