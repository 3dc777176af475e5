/**
 * The Runtime API that one execution environment talks to. Source: "Using the Lambda runtime API for custom runtimes"
 * (2018-06-01): next, response, error, init/error.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readBody } from './body.ts';
import { MAX_RESPONSE } from './limits.ts';

/** What the runtime reports. */
export interface RuntimeEvents {
  /** It asks for work, and has none. */
  onNext(): void;
  /** It answered the invocation: with the function's result, or with an error. */
  onAnswer(answer: { readonly id: string; readonly body: Buffer; readonly failed: boolean }): void;
  /** The module of the function could not be loaded. */
  onInitError(body: Buffer): void;
  /** When the handler was called, in ms since 1970, and how long the process had waited for a CPU by then. */
  onHandlerCalled(at: number, waitedMs: number): void;
}

/** What the runtime gets with an event. */
export interface Work {
  readonly id: string;
  readonly payload: Uint8Array;
  readonly deadlineMs: number;
  readonly arn: string;
  readonly clientContext?: string | undefined;
}

const RUNTIME = '/2018-06-01/runtime';

/** Listens on a port of its own. */
export class RuntimeApi {
  readonly #server: Server;
  readonly #events: RuntimeEvents;
  /** The open request of a runtime that waits for work. */
  #waiting: ServerResponse | undefined;
  /** What was given and is not answered. */
  #given: Work | undefined;

  private constructor(server: Server, events: RuntimeEvents) {
    this.#server = server;
    this.#events = events;
  }

  static async listen(events: RuntimeEvents): Promise<RuntimeApi> {
    const server = createServer();
    const api = new RuntimeApi(server, events);
    // An invocation may last 15 minutes, and the wait for the next for ever.
    server.requestTimeout = 0;
    server.on('request', (request, response) => {
      void api.#handle(request, response).catch(() => response.destroy());
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    server.unref();
    return api;
  }

  /** `AWS_LAMBDA_RUNTIME_API`. */
  get address(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Gives work to the runtime that waits for it. */
  give(work: Work): void {
    this.#given = work;
    const response = this.#waiting;
    this.#waiting = undefined;
    if (response) this.#send(response, work);
  }

  #send(response: ServerResponse, work: Work): void {
    response.writeHead(200, {
      'content-type': 'application/json',
      'content-length': work.payload.byteLength,
      'lambda-runtime-aws-request-id': work.id,
      'lambda-runtime-deadline-ms': String(work.deadlineMs),
      'lambda-runtime-invoked-function-arn': work.arn,
      'lambda-runtime-trace-id': `Root=1-${work.id};Sampled=0`,
      ...(work.clientContext !== undefined && {
        'lambda-runtime-client-context': work.clientContext,
      }),
    });
    response.end(work.payload);
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '';
    if (path === `${RUNTIME}/invocation/next` && request.method === 'GET') {
      // Who asks before it has answered gets the same again.
      if (this.#given) return this.#send(response, this.#given);
      this.#waiting = response;
      this.#events.onNext();
      return;
    }
    const body = await readBody(request, MAX_RESPONSE);
    const [, id = '', kind] = /\/invocation\/([^/]+)\/(response|error)$/.exec(path) ?? [];
    const calledAt = Number(request.headers['x-handler-called-at']);
    const waitedMs = Number(request.headers['x-handler-waited-ms']);
    if (calledAt > 0) this.#events.onHandlerCalled(calledAt, waitedMs);
    if (kind !== undefined) {
      this.#given = undefined;
      const tooLarge = kind === 'response' && body.length > MAX_RESPONSE;
      this.#events.onAnswer({
        id: decodeURIComponent(id),
        body: tooLarge ? RESPONSE_TOO_LARGE : body,
        failed: tooLarge || kind === 'error',
      });
      if (tooLarge) answer(response, 413, 'RequestEntityTooLarge');
      else answer(response, 202);
    } else if (path === `${RUNTIME}/init/error`) {
      this.#events.onInitError(body);
      answer(response, 202);
    } else answer(response, 404, 'NotFound');
  }
}

const RESPONSE_TOO_LARGE = Buffer.from(
  JSON.stringify({
    errorType: 'Function.ResponseSizeTooLarge',
    errorMessage: `Response payload size exceeded maximum allowed payload size (${MAX_RESPONSE} bytes).`,
  }),
);

function answer(response: ServerResponse, status: number, errorType?: string): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(errorType === undefined ? { status: 'OK' } : { errorType }));
}
