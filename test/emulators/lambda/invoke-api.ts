/** The Invoke operation of the Lambda API (2015-03-31) over HTTP, for the AWS SDK and command line. */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { readBody } from './body.ts';
import { parseFunctionName } from './function-name.ts';
import type { LambdaFunction } from './lambda-function.ts';
import { MAX_ASYNC_PAYLOAD, MAX_LOG_TAIL, MAX_SYNC_PAYLOAD } from './limits.ts';
import { ServiceError } from './service-error.ts';

/** Finds a function. @throws ServiceError when there is none */
export type FindFunction = (name: string) => LambdaFunction;

/** Not yet listening. */
export function createInvokeServer(find: FindFunction): Server {
  const server = createServer((request, response) => {
    const requestId = randomUUID();
    response.setHeader('x-amzn-requestid', requestId);
    invoke(request, response, { find, requestId }).catch((error: unknown) =>
      refuse(response, error),
    );
  });
  // A function may take 15 minutes to answer.
  server.requestTimeout = 0;
  return server;
}

async function invoke(
  request: IncomingMessage,
  response: ServerResponse,
  { find, requestId }: { find: FindFunction; requestId: string },
): Promise<void> {
  const url = new URL(request.url ?? '', 'http://lambda');
  const [, given] = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/.exec(url.pathname) ?? [];
  const body = await readBody(request, MAX_SYNC_PAYLOAD);
  if (given === undefined || request.method !== 'POST') {
    throw new ServiceError(
      404,
      'UnknownOperationException',
      `${request.method} ${url.pathname} is no operation that is emulated`,
    );
  }
  const { name, qualifier } = parseFunctionName(
    decodeURIComponent(given),
    url.searchParams.get('Qualifier') ?? undefined,
  );
  const fn = find(name);
  const version = fn.versionOf(qualifier);
  const header = (field: string): string | undefined => request.headers[field]?.toString();
  const type = header('x-amz-invocation-type') ?? 'RequestResponse';
  const clientContext = header('x-amz-client-context');
  const call = {
    payload: checkedPayload(body, type),
    qualifier,
    clientContext:
      clientContext === undefined ? undefined : Buffer.from(clientContext, 'base64').toString(),
  };
  if (type === 'DryRun') response.writeHead(204).end();
  else if (type === 'Event') {
    fn.accept(call, requestId);
    response.writeHead(202).end();
  } else {
    const outcome = await fn.request(call, requestId);
    response.writeHead(200, {
      'content-type': 'application/json',
      'x-amz-executed-version': version,
      ...(outcome.failed && { 'x-amz-function-error': 'Unhandled' }),
      ...(header('x-amz-log-type') === 'Tail' && {
        'x-amz-log-result': Buffer.from(outcome.log).subarray(-MAX_LOG_TAIL).toString('base64'),
      }),
    });
    response.end(outcome.body);
  }
}

/** The payload, `{}` when there is none. @throws ServiceError */
export function checkedPayload(body: Uint8Array, type: string): Uint8Array {
  if (!['RequestResponse', 'Event', 'DryRun'].includes(type)) {
    throw new ServiceError(
      400,
      'InvalidParameterValueException',
      `Unsupported invocation type ${type}`,
    );
  }
  const limit = type === 'Event' ? MAX_ASYNC_PAYLOAD : MAX_SYNC_PAYLOAD;
  if (body.byteLength > limit) {
    throw new ServiceError(
      413,
      'RequestTooLargeException',
      `Request must be smaller than ${limit} bytes for the InvokeFunction operation`,
    );
  }
  if (body.byteLength === 0) return Buffer.from('{}');
  try {
    JSON.parse(Buffer.from(body).toString());
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ServiceError(
      400,
      'InvalidRequestContentException',
      `Could not parse request body into json: ${reason}`,
    );
  }
  return body;
}

function refuse(response: ServerResponse, error: unknown): void {
  const { status, type, message, details } =
    error instanceof ServiceError
      ? error
      : new ServiceError(500, 'ServiceException', String(error));
  const { retryAfterSeconds } = details;
  response.writeHead(status, {
    'content-type': 'application/json',
    'x-amzn-errortype': type,
    ...(retryAfterSeconds !== undefined && { 'retry-after': retryAfterSeconds }),
  });
  response.end(JSON.stringify({ Type: status < 500 ? 'User' : 'Service', message, ...details }));
}
