/** The last line of CI: how many tests passed and failed, summed over vitest's JSON summaries given as arguments. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';

const Summary = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numPendingTests: z.number(),
});

const summaries = process.argv
  .slice(2)
  .map((path) => Summary.parse(JSON.parse(readFileSync(path, 'utf8'))));
const sum = (count: keyof z.infer<typeof Summary>): number =>
  summaries.reduce((total, summary) => total + summary[count], 0);

console.log(
  `${sum('numPassedTests')} passed, ${sum('numFailedTests')} failed, ${sum('numPendingTests')} skipped`,
);
if (sum('numPassedTests') === 0 || sum('numFailedTests') > 0) process.exit(1);
