/**
 * The process that measures: `node child.ts ORDER`, started in the installed tool by `compare-locally.ts`. It knows
 * nothing of GitHub, and has no token. What is wrong goes to `error.json` beside the order.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { dirname, join } from 'node:path';

enableCompileCache();
// Children and temporary folders end with the process.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

const [, , path = ''] = process.argv;
try {
  const { orderSchema } = await import('./order.ts');
  const { measure } = await import('./measure.ts');
  const order = orderSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  await measure(order, (line) => process.stdout.write(line));
  process.exit(0);
} catch (error) {
  const { toWire } = await import('../../shared/pipeline/local/error-wire.ts');
  writeFileSync(join(dirname(path), 'error.json'), JSON.stringify(toWire(error)));
  process.exit(1);
}
