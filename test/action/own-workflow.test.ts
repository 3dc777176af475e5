import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { jobsOf } from '../../shared/pipeline/config/jobs.ts';
import { readConfig } from '../../shared/pipeline/config/read-config.ts';

const at = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

test('this repository checks the model of its demo, with the workflow that it tells others to write', async () => {
  const [job, ...others] = jobsOf(await readConfig(at('fettle.yml')));
  expect(others).toEqual([]);
  expect(job).toMatchObject({ ship: 'int8', data: { metric: 'top1' } });
  const files = [job?.source, job?.data.calibration?.path, job?.data.evaluation?.path];
  expect(files.filter((path) => path === undefined || !existsSync(path))).toEqual([]);
  const own = readFileSync(at('.github/workflows/fettle.yml'), 'utf8');
  const [, told] =
    /```yaml\n(name: fettle\n[\s\S]*?)```/.exec(readFileSync(at('README.md'), 'utf8')) ?? [];
  const asOthers = own.replace(/^ *#.*\n/m, '').replace('uses: ./', 'uses: OWNER/fettle@v1');
  expect(asOthers).toBe(told);
});
