/** The AWS JSON protocols 1.0 and 1.1: POST with the operation in `x-amz-target`. */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { z } from 'zod';
import { isJsonObject, type Json } from './states/json.ts';

/** What an operation answers instead of a result. */
export class ApiError extends Error {
  readonly type: string;
  readonly status: number;

  constructor(type: string, message: string, status = 400) {
    super(message);
    this.type = type;
    this.status = status;
  }
}

export type Operation = (input: Json) => Promise<object> | object;

export interface JsonApiOptions {
  /** By name, without the service's prefix. */
  readonly operations: Readonly<Record<string, Operation>>;
  /** 0 or absent: any free one. */
  readonly port?: number;
  /** Asked before each call; what it gives is answered instead. */
  readonly fault?: (operation: string) => ApiError | undefined;
  /** Who may do what; everybody everything by default. */
  readonly authorize?: (request: AccessRequest) => boolean;
}

/** A question to {@link JsonApiOptions.authorize}. Signatures are not checked, only whose they claim to be. */
export interface AccessRequest {
  readonly accessKeyId: string;
  readonly operation: string;
  readonly input: Json;
}

export interface JsonApi {
  readonly endpoint: string;
  close(): Promise<void>;
}

/** Serves the operations on the loopback interface. */
export async function startJsonApi({
  operations,
  port = 0,
  fault,
  authorize = () => true,
}: JsonApiOptions): Promise<JsonApi> {
  const server = createServer(async (request, response) => {
    const name = String(request.headers['x-amz-target'] ?? '').replace(/^.*\./, '');
    try {
      const operation = operations[name];
      if (!operation) throw new ApiError('UnknownOperationException', `no operation '${name}'`);
      const input = await bodyOf(request);
      if (!authorize({ accessKeyId: accessKeyOf(request), operation: name, input })) {
        throw new ApiError('AccessDeniedException', `not authorized to perform: ${name}`);
      }
      const planned = fault?.(name);
      if (planned) throw planned;
      answer(response, 200, await operation(input));
    } catch (error) {
      const known = error instanceof ApiError ? error : asApiError(error);
      response.setHeader('x-amzn-errortype', known.type);
      answer(response, known.status, { __type: known.type, message: known.message });
    }
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no port to listen on');
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** `AWS4-HMAC-SHA256 Credential=AKIA…/20261128/us-east-1/states/aws4_request, …` */
const accessKeyOf = ({ headers }: IncomingMessage): string =>
  /Credential=([^/]+)\//.exec(headers.authorization ?? '')?.[1] ?? '';

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, {
    'content-type': 'application/x-amz-json-1.0',
    'x-amzn-requestid': randomUUID(),
  });
  response.end(JSON.stringify(body));
}

async function bodyOf(request: IncomingMessage): Promise<Json> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString('utf8');
  try {
    const body: Json = JSON.parse(text === '' ? '{}' : text);
    if (isJsonObject(body)) return body;
  } catch {
    // Told below, as any other body that is no object.
  }
  throw new ApiError('SerializationException', 'the body is no JSON object');
}

/** Input that a schema refuses is the caller's fault, anything else the emulator's. */
function asApiError(error: unknown): ApiError {
  if (error instanceof z.ZodError) {
    return new ApiError('ValidationException', z.prettifyError(error));
  }
  const message = error instanceof Error ? error.message : String(error);
  return new ApiError('InternalFailure', message, 500);
}
