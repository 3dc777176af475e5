/**
 * `npm run emulate`: the whole stack on this machine, without AWS. Prints one line of JSON when it is ready, and ends
 * at SIGINT or SIGTERM; SIGUSR2 fires the schedule.
 */

import { readEmulateOptions } from './emulate/options.ts';
import { startFettle } from './emulate/start-fettle.ts';
import { freshFolder } from './functions/fresh-folder.ts';

const log = (source: string, text: string): void => {
  for (const line of text.split('\n')) if (line !== '') console.error(`[${source}] ${line}`);
};

const options = readEmulateOptions(process.argv.slice(2), process.env);
if ('usage' in options) {
  console.error(options.usage);
  process.exit(2);
}

log('emulate', 'building the functions and the template');
const ending = Promise.withResolvers<void>();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => ending.resolve());
if (process.env.npm_lifecycle_event !== undefined) endWithParent();

const started = freshFolder().then((root) => startFettle({ ...options, root, log }));
started.catch((error) => {
  log('emulate', `cannot start: ${error instanceof Error ? error.message : error}`);
  process.exit(1);
});
const first = await Promise.race([started, ending.promise]);
if (first) {
  const { stack, ready } = first;
  process.on('SIGUSR2', () => {
    for (const name of stack.schedules.names) {
      log('emulate', `schedule ${name}`);
      stack.schedules.fire(name).catch((error) => log('emulate', String(error)));
    }
  });
  console.log(JSON.stringify(ready));
  log('emulate', `ready; the schedule: kill -USR2 ${process.pid}; the end: Ctrl-C`);
}
await ending.promise;
await (await started).stack.close();
process.exit(0);

/** npm passes signals on, but it may be killed by one that it cannot: nothing is to stay behind then. */
function endWithParent(): void {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid !== parent) ending.resolve();
  }, 1000);
  timer.unref();
}
