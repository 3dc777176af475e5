/** The package as a stranger gets it: packed, installed in an empty folder elsewhere, run by npx. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseReport } from '../../shared/report/schema.ts';
import { REPOSITORY } from './fettle.ts';

let folder: string;
/** Without the checkout's own tools: what a stranger's machine has. */
const env = {
  ...process.env,
  PATH: `${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`,
  NODE_PATH: '',
};

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'fettle-pack-'));
  execFileSync(process.execPath, ['scripts/build.ts'], { cwd: REPOSITORY });
  const packed = execFileSync('npm', ['pack', '--silent', '--pack-destination', folder], {
    cwd: REPOSITORY,
    encoding: 'utf8',
  });
  writeFileSync(join(folder, 'package.json'), '{"name": "stranger", "private": true}');
  execFileSync(
    'npm',
    ['install', '--no-audit', '--no-fund', '--ignore-scripts', join(folder, packed.trim())],
    { cwd: folder, env, stdio: 'pipe' },
  );
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const npx = (...args: string[]): string =>
  execFileSync('npx', ['--no-install', 'fettle', ...args], {
    cwd: folder,
    env: { ...env, FETTLE_STORE: join(folder, 'store') },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });

test('npx fettle demo does its whole job', () => {
  const stdout = npx('demo');
  expect(stdout).toMatch(/float32[\s\S]*int8/);
  expect(stdout.trim().split('\n').at(-3)).toContain('report.html');
  const report = parseReport(
    JSON.parse(readFileSync(join(folder, 'fettle-demo/report.json'), 'utf8')),
    'report.json',
  );
  const done = report.models[0]?.variants.filter(({ status }) => status === 'done') ?? [];
  expect(done.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['float32', 'float16', 'int8', 'auto']),
  );
  for (const { artifact } of done)
    expect(existsSync(join(folder, 'fettle-demo', artifact?.path ?? 'none'))).toBe(true);
});

test('the library and the schemas can be imported', () => {
  writeFileSync(
    join(folder, 'use.mjs'),
    `import { inspectModel } from 'fettle';
     import schema from 'fettle/schema/report.schema.json' with { type: 'json' };
     const { parameters } = await inspectModel('node_modules/fettle/examples/digits/digits.onnx');
     console.log(parameters, schema.type);`,
  );
  const stdout = execFileSync(process.execPath, ['use.mjs'], {
    cwd: folder,
    env,
    encoding: 'utf8',
  });
  expect(stdout.trim()).toBe('7520 object');
});

test('the package holds what it needs and nothing of ours alone', () => {
  const root = join(folder, 'node_modules/fettle');
  for (const path of ['README.md', 'LICENSE', 'CHANGELOG.md', 'docs', 'examples/digits/test.npz']) {
    expect(existsSync(join(root, path)), path).toBe(true);
  }
  for (const path of ['shared', 'test', 'bench', 'node_modules/.bin/vitest'])
    expect(existsSync(join(root, path)), path).toBe(false);
});
