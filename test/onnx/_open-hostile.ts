/** Opens the model whose path it is given and tells what that took; in a process of its own. */
import { readFileSync } from 'node:fs';
import { FettleError } from '../../shared/base/errors.ts';
import { openModel } from '../../shared/onnx/read-model.ts';

/** The largest resident size so far; `process.resourceUsage` would start with the parent's. */
function peakMegabytes(): number {
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) / 1024;
}

const start = process.cpuUsage();
let outcome = 'a model';
let opened: unknown;
try {
  opened = openModel(process.argv[2] ?? '');
} catch (error) {
  if (!(error instanceof FettleError)) throw error;
  outcome = `exit ${error.exitCode}: ${error.message}`;
}
const { user, system } = process.cpuUsage(start);
const megabytes = peakMegabytes();
console.log(
  JSON.stringify({
    outcome,
    opened: opened !== undefined,
    milliseconds: (user + system) / 1000,
    megabytes,
  }),
);
