/** Writes what the children of a distributed map gave to S3, as the service does. */
import { randomUUID } from 'node:crypto';
import type { StateOf } from './definition.ts';
import type { Execution } from './execution.ts';
import { isJsonObject, type Json } from './json.ts';
import type { MapRun } from './map-run.ts';
import { StatesError } from './states-error.ts';
import { evaluateIn, type VisitOf } from './visit.ts';

type Writer = NonNullable<StateOf<'Map'>['ResultWriter']>;

/** The state's result: where the manifest lies. */
export async function writeResults(
  visit: VisitOf<'Map'>,
  writer: Writer,
  mapRun: MapRun,
): Promise<Json> {
  const place = await evaluateIn(visit, writer.Arguments);
  const { Bucket, Prefix } = isJsonObject(place) ? place : {};
  if (typeof Bucket !== 'string') {
    throw new StatesError('States.ResultWriterFailed', 'Arguments need a Bucket');
  }
  const start = typeof Prefix === 'string' && Prefix !== '' ? `${Prefix.replace(/\/$/, '')}/` : '';
  const folder = `${start}${randomUUID()}`;
  const { objects } = visit.frame.runtime;
  const put = async (key: string, body: string): Promise<{ Key: string; Size: number }> => {
    await objects.put(Bucket, key, body);
    return { Key: key, Size: Buffer.byteLength(body) };
  };
  const files = async (status: string, name: string) => {
    const rows = mapRun.children
      .map(({ execution }) => execution)
      .filter((execution) => groupOf(execution) === status);
    return rows.length === 0 ? [] : [await put(`${folder}/${name}`, bodyOf(writer, rows))];
  };
  const suffix = writer.WriterConfig.OutputType.toLowerCase();
  try {
    const manifest = {
      DestinationBucket: Bucket,
      MapRunArn: mapRun.arn,
      ResultFiles: {
        FAILED: await files('FAILED', `FAILED_0.${suffix}`),
        PENDING: await files('PENDING', `PENDING_0.${suffix}`),
        SUCCEEDED: await files('SUCCEEDED', `SUCCEEDED_0.${suffix}`),
      },
    };
    const { Key } = await put(`${folder}/manifest.json`, JSON.stringify(manifest));
    return { MapRunArn: mapRun.arn, ResultWriterDetails: { Bucket, Key } };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new StatesError('States.ResultWriterFailed', message);
  }
}

/** The service counts aborted and timed-out children as failed. */
function groupOf({ status }: Execution): 'SUCCEEDED' | 'FAILED' | 'PENDING' {
  if (status === 'SUCCEEDED' || status === 'PENDING') return status;
  return 'FAILED';
}

function bodyOf({ WriterConfig }: Writer, executions: readonly Execution[]): string {
  const rows = executions.map((execution): Json => {
    const isCompact = WriterConfig.Transformation !== 'NONE' && execution.status === 'SUCCEEDED';
    return isCompact ? (execution.output ?? null) : rowOf(execution);
  });
  const flat = WriterConfig.Transformation === 'FLATTEN' ? rows.flat() : rows;
  return WriterConfig.OutputType === 'JSONL'
    ? flat.map((row) => `${JSON.stringify(row)}\n`).join('')
    : JSON.stringify(flat);
}

const iso = (milliseconds: number): string => new Date(milliseconds).toISOString();

function rowOf(execution: Execution): Json {
  const { options, status, output, error, startDate, stopDate, redriveCount } = execution;
  return {
    ExecutionArn: options.arn,
    Input: options.input,
    InputDetails: { Included: true },
    Name: options.name,
    ...(output !== undefined && {
      Output: JSON.stringify(output),
      OutputDetails: { Included: true },
    }),
    ...(error && { Error: error.error, Cause: error.causeText }),
    RedriveCount: redriveCount,
    RedriveStatus: status === 'SUCCEEDED' ? 'NOT_REDRIVABLE' : 'REDRIVABLE_BY_MAP_RUN',
    StartDate: iso(startDate),
    StateMachineArn: options.machineArn,
    Status: status,
    ...(stopDate !== undefined && { StopDate: iso(stopDate) }),
  };
}
