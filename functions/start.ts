/**
 * Where every container begins: `node start.js CLIENT…`, with the runtime interface client for Lambda; without Lambda
 * it is one order of AWS Batch. What runs strangers' models begins anew without any permission in its environment.
 */
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { workerEnvironment } from './worker/environment.ts';
import { leaveOrder } from './worker/order-file.ts';

/** The handlers that hold rights. Whatever is not among them gets none. */
const TRUSTED = new Set(['ingest', 'gather', 'advance', 'publish', 'api', 'rerun']);

const [, own = '', client = '', ...rest] = process.argv;
const { AWS_LAMBDA_RUNTIME_API: lambda, _HANDLER: handler = '', FETTLE_ORDER: order } = process.env;

if (lambda === undefined) {
  if (order === undefined) throw new Error('FETTLE_ORDER names no order');
  begin([join(dirname(own), 'batch.js')], { FETTLE_ORDER_FILE: leaveOrder(order) });
} else if (TRUSTED.has(handler.replace(/^index\./, ''))) {
  process.argv.splice(1, 1);
  await import(pathToFileURL(client).href);
} else begin([client, ...rest]);

/** Another program in this process: memory and environment, which others can look into, are new. */
function begin(args: readonly string[], more?: Readonly<Record<string, string>>): void {
  const { execPath, execArgv, env } = process;
  if (!process.execve) throw new Error('this system cannot begin a process anew');
  process.execve(execPath, [execPath, ...execArgv, ...args], workerEnvironment(env, more));
}
