/** EventBridge on this machine: buses with rules, and the API that puts events. */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { type AccessRequest, ApiError, type Operation, startJsonApi } from '../json-api.ts';
import { isJsonObject, type Json } from '../states/json.ts';
import type { BusEvent, EventBus } from './event-bus.ts';

export interface EventsOptions {
  readonly buses: readonly EventBus[];
  readonly region?: string;
  readonly account?: string;
  readonly port?: number;
  /** Asked before each call; what it gives is answered instead. */
  readonly fault?: (operation: string) => ApiError | undefined;
  /** Who may do what; everybody everything by default. */
  readonly authorize?: (request: AccessRequest) => boolean;
}

export interface EventsEmulator extends AsyncDisposable {
  readonly endpoint: string;
  close(): Promise<void>;
}

/** Serves `PutEvents` for the buses. */
export async function startEvents(options: EventsOptions): Promise<EventsEmulator> {
  const { port, fault, authorize } = options;
  const api = await startJsonApi({
    operations: { PutEvents: putEvents(options) },
    ...(port !== undefined && { port }),
    ...(fault && { fault }),
    ...(authorize && { authorize }),
  });
  const { endpoint, close } = api;
  return { endpoint, close, [Symbol.asyncDispose]: close };
}

/** The service's quota of one call, all entries together. */
const CALL_BYTES = 256 * 1024;

const entry = z.object({
  Source: z.string().optional(),
  DetailType: z.string().optional(),
  Detail: z.string().optional(),
  EventBusName: z.string().default('default'),
  Resources: z.array(z.string()).default([]),
  /** Seconds since 1970. */
  Time: z.number().optional(),
});
const call = z.object({ Entries: z.array(entry).min(1).max(10) });

type Entry = z.infer<typeof entry>;

/** Each entry is taken or refused by itself, as the service does. */
export function putEvents({ buses, ...place }: EventsOptions): Operation {
  return (input) => {
    const { Entries } = call.parse(input);
    const bytes = Entries.reduce((total, { Detail = '' }) => total + Buffer.byteLength(Detail), 0);
    if (bytes > CALL_BYTES) {
      throw new ApiError(
        'ValidationException',
        'Total size of the entries in the request is over the limit.',
      );
    }
    const answers = Entries.map((each) => putEntry(buses, each, place));
    const FailedEntryCount = answers.filter((answer) => 'ErrorCode' in answer).length;
    return { Entries: answers, FailedEntryCount };
  };
}

function putEntry(
  buses: readonly EventBus[],
  { Source = '', DetailType = '', Detail = '', EventBusName, Resources, Time }: Entry,
  { region = 'us-east-1', account = '123456789012' }: Omit<EventsOptions, 'buses'>,
): { EventId: string } | { ErrorCode: string; ErrorMessage: string } {
  const refuse = (ErrorCode: string, ErrorMessage: string) => ({ ErrorCode, ErrorMessage });
  if (Source === '') return refuse('InvalidArgument', 'Parameter Source is not valid.');
  if (DetailType === '') return refuse('InvalidArgument', 'Parameter DetailType is not valid.');
  if (Source.startsWith('aws.')) {
    return refuse('NotAuthorizedForSource', `Not authorized for the source ${Source}.`);
  }
  const detail = objectIn(Detail);
  if (!detail) return refuse('MalformedDetail', 'Detail is malformed.');
  const name = EventBusName.split('/').at(-1);
  const bus = buses.find((each) => each.name === name);
  // The service takes events for a bus that does not exist and drops them; here that is a mistake to be seen.
  if (!bus) return refuse('InvalidArgument', `Event bus ${EventBusName} does not exist.`);
  const event: BusEvent = {
    version: '0',
    id: randomUUID(),
    'detail-type': DetailType,
    source: Source,
    account,
    time: isoSeconds(Time === undefined ? Date.now() : Time * 1000),
    region,
    resources: Resources,
    detail,
  };
  bus.put(event);
  return { EventId: event.id };
}

function objectIn(text: string): BusEvent['detail'] | undefined {
  try {
    const value: Json = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** As events carry their time: without parts of a second. */
export function isoSeconds(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d+Z$/, 'Z');
}
