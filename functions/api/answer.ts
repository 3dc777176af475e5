/** One call of `api`. What is wrong with a message or a model is an answer; what is wrong with the stack is thrown. */
import { tmpdir } from 'node:os';
import { z } from 'zod';
import type { Digest } from '../../shared/base/brand.ts';
import { hexOf } from '../../shared/base/digest.ts';
import { DefectError, FettleError, InputError } from '../../shared/base/errors.ts';
import {
  type ApiAnswer,
  type ApiRequest,
  type ApiUpload,
  apiRequestSchema,
} from '../../shared/pipeline/distributed/api-messages.ts';
import {
  type ComparePorts,
  compare,
  publishedReport,
  statusOf,
} from '../../shared/pipeline/distributed/compare-service.ts';
import { resultErrorOf } from '../../shared/pipeline/distributed/comparison.ts';
import { currentToolchain } from '../../shared/pipeline/distributed/toolchain.ts';
import { processS3Client } from '../adapters/clients.ts';
import { presignPut } from '../adapters/presigned.ts';
import { S3Objects } from '../adapters/s3-objects.ts';
import { blobKey, S3Store } from '../adapters/s3-store.ts';
import { StateMachineExecutions, statesClient } from '../adapters/step-functions.ts';
import { createTelemetry } from '../adapters/telemetry.ts';
import { readSettings } from '../settings.ts';

/** A gigabyte over a slow line. */
const UPLOAD_SECONDS = 3600;

/** @throws what is no fault of the one who asks */
export async function answer(event: unknown): Promise<ApiAnswer> {
  const telemetry = createTelemetry('api');
  try {
    const message = parse(event);
    const ports = await openPorts();
    const said = await answerTo(message, ports);
    telemetry.info(`${message.action}: ${said.state}`);
    return said;
  } catch (error) {
    if (!(error instanceof FettleError) || error instanceof DefectError) throw error;
    telemetry.info(`failed: ${error.message}`);
    return { state: 'failed', error: resultErrorOf(error) };
  }
}

function parse(event: unknown): ApiRequest {
  const parsed = apiRequestSchema.safeParse(event);
  if (parsed.success) return parsed.data;
  throw new InputError(
    `the message is not one that is understood: ${z.prettifyError(parsed.error)}`,
    {
      hint: 'Its form is schema/api-request.schema.json of the version of the stack.',
    },
  );
}

function answerTo(message: ApiRequest, ports: ComparePorts): Promise<ApiAnswer> {
  switch (message.action) {
    case 'compare':
      return compare(message, ports);
    case 'status':
      return statusOf(message.ticket, ports);
    case 'report':
      return publishedReport(message.name, ports.objects);
  }
}

async function openPorts(): Promise<ComparePorts> {
  const { outbox, optimizeArn } = readSettings();
  const client = processS3Client();
  const uploadOf = async (digest: Digest): Promise<ApiUpload> => {
    const sha256 = Buffer.from(hexOf(digest), 'hex').toString('base64');
    const place = { client, bucket: outbox, key: blobKey(digest) };
    const url = await presignPut(place, { seconds: UPLOAD_SECONDS, sha256 });
    return { digest, url, headers: { 'x-amz-checksum-sha256': sha256 } };
  };
  return {
    objects: new S3Objects(client, outbox),
    // Only asked what is there: nothing is fetched.
    store: new S3Store({ client, bucket: outbox, cache: tmpdir() }),
    executions: new StateMachineExecutions(statesClient(), optimizeArn),
    uploadOf,
    toolchain: await currentToolchain(),
    now: () => Date.now(),
  };
}
