/**
 * Stands in for the native half of aws-lambda-ric (`rapid-client.node`, which needs a C++ toolchain) in the process
 * of a function: the same three calls over node:http. Starts the client itself, `node runtime-client.mjs
 * …/aws-lambda-ric/index.mjs`, rather than by `--import`, which processes that the function forks would inherit.
 * Source: `src/native/rapid-client.cc` and `RAPIDClient` in `index.mjs` of aws-lambda-ric 4.
 */
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { registerHooks } from 'node:module';

interface Invocation {
  readonly bodyJson: string;
  readonly headers: Readonly<Record<string, unknown>>;
}

const [hostname, port] = (process.env.AWS_LAMBDA_RUNTIME_API ?? '').split(':');
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
const INVOCATION = '/2018-06-01/runtime/invocation/';

/** When the handler was about to be called, in ms since 1970: what a cold start is measured with. */
let calledAt = 0;
let waitedMs = 0;

/** How long this process wanted a CPU and others had it, in ms. Source: proc(5), schedstat. */
function waited(): number {
  try {
    const [, nanoseconds] = readFileSync('/proc/self/schedstat', 'utf8').split(' ');
    return Number(nanoseconds) / 1e6;
  } catch {
    return 0;
  }
}

function next(): Promise<Invocation> {
  return new Promise((resolve, reject) => {
    const asked = request(
      { hostname, port, path: `${INVOCATION}next`, method: 'GET', agent },
      (answer) => {
        let bodyJson = '';
        answer.setEncoding('utf8');
        answer.on('data', (text: string) => {
          bodyJson += text;
        });
        answer.on('error', reject);
        answer.on('end', () => {
          calledAt = performance.timeOrigin + performance.now();
          waitedMs ||= waited();
          resolve({ bodyJson, headers: answer.headers });
        });
      },
    );
    asked.on('error', reject);
    asked.end();
  });
}

function post(path: string, body: string, headers: Record<string, string> = {}): void {
  const sent = request(
    {
      hostname,
      port,
      path: INVOCATION + path,
      method: 'POST',
      agent,
      headers: {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        'x-handler-called-at': String(calledAt),
        'x-handler-waited-ms': String(waitedMs),
        ...headers,
      },
    },
    (answer) => answer.resume(),
  );
  // As the native client: who cannot reach the Runtime API finds out at the next `next`.
  sent.on('error', () => {});
  sent.end(body);
}

const client = {
  initializeClient(): void {},
  next,
  done: (id: string, body: string): void => post(`${id}/response`, body),
  /** What the native client also sends for X-Ray, the error again as a header, nobody reads here. */
  error(id: string, body: string): void {
    const { errorType = 'Unknown' } = JSON.parse(body) as { errorType?: string };
    const type = encodeURIComponent(errorType).slice(0, 256);
    post(`${id}/error`, body, { 'lambda-runtime-function-error-type': type });
  },
};

const URL_OF_CLIENT = 'emulator:rapid-client';
const KEY = Symbol.for(URL_OF_CLIENT);
Reflect.set(globalThis, KEY, client);
const hooks = registerHooks({
  resolve: (specifier, context, nextResolve) =>
    specifier === './rapid-client.node'
      ? { url: URL_OF_CLIENT, format: 'commonjs', shortCircuit: true }
      : nextResolve(specifier, context),
  load(url, context, nextLoad) {
    if (url !== URL_OF_CLIENT) return nextLoad(url, context);
    // The function's own imports are as fast as ever.
    hooks.deregister();
    const source = `module.exports = globalThis[Symbol.for('${URL_OF_CLIENT}')];`;
    return { format: 'commonjs', source, shortCircuit: true };
  },
});

await import(process.argv[2] ?? '');
