import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleAction } from '../../scripts/action/bundle.ts';
import { makeTempDir } from '../../shared/base/files.ts';
import { runAction } from '../action/_runner.ts';
import { ROOT } from '../architecture/sources.ts';
import * as emulator from '../emulators/github/start-github.ts';

/** What a runner downloads with every job that uses it. */
const MAX_BYTES = 2e6;

/** From the start of the process to its first request, on a processor of its own. */
const MAX_START_MS = 300;

const READER = /^\.\.\/\.\.\/shared\/formats\/[\w-]+\/[\w-]+\.ts$/;

const committed = readFileSync(join(ROOT, 'action', 'dist', 'main.js'), 'utf8');

describe('the committed bundle', () => {
  it('is that of the sources, to the byte', async () => {
    const fresh = await bundleAction(ROOT);
    expect(fresh.length).toBe(committed.length);
    expect(fresh === committed).toBe(true);
  }, 60_000);

  it('is small', () => {
    expect(Buffer.byteLength(committed)).toBeLessThan(MAX_BYTES);
    // Less would mean that something is missing.
    expect(Buffer.byteLength(committed)).toBeGreaterThan(500_000);
  });

  it('needs nothing but Node, and leads to readers that lie beside it', () => {
    const named = [
      ...committed.matchAll(/(?:[;}]import[^"'`;(]*|\bimport\()(["'`])([^"'`\n]+)\1/g),
    ];
    const names = named.map(([, , name]) => name ?? '');
    const others = names.filter((name) => !builtinModules.includes(name.replace(/^node:/, '')));
    expect(names.length).toBeGreaterThan(others.length + 5);
    const readers = others.filter((name) => READER.test(name));
    expect(readers.length).toBeGreaterThan(5);
    for (const reader of readers)
      expect(existsSync(join(ROOT, 'action', 'dist', reader))).toBe(true);
    // The SDK asks for one that it does without.
    expect(
      others.filter((name) => !readers.includes(name) && !name.startsWith('@aws-sdk/signature')),
    ).toEqual([]);
    expect(/require\(["'`][^"'`]+\.node["'`]\)/.test(committed)).toBe(false);
  });

  it('names no path of the machine that built it', () => {
    expect(committed.includes(ROOT.replace(/\/$/, ''))).toBe(false);
    expect(committed.includes('sourceMappingURL')).toBe(false);
  });
});

describe('its first request', () => {
  let github: emulator.GithubEmulator;
  beforeAll(async () => {
    github = await emulator.startGithub();
  });
  afterAll(() => github.close());

  it(`comes after ${MAX_START_MS} ms of work`, async () => {
    const repository = github.createRepository('octo/models');
    repository.push('main', { 'README.md': 'x' });
    repository.push('text', { 'README.md': 'y' });
    const event = emulator.pullRequestEvent(repository, repository.openPull({ head: 'text' }));
    const token = github.createToken(repository, { contents: 'read', 'pull-requests': 'write' });
    // Time of the processor: what else the machine does does not count.
    const probe = join(makeTempDir('probe'), 'probe.mjs');
    writeFileSync(
      probe,
      `import { subscribe } from 'node:diagnostics_channel';
      let isFirst = true;
      subscribe('undici:request:create', () => {
        const { user, system } = process.cpuUsage();
        if (isFirst) console.log('work until the first request: ' + (user + system) / 1000);
        isFirst = false;
      });`,
    );
    const times: number[] = [];
    for (let at = 0; at < 5; at++) {
      const env = { NODE_OPTIONS: `--import=${pathToFileURL(probe).href}` };
      const { log } = await runAction({ action: ROOT, github, event, token, env });
      times.push(Number(/until the first request: ([\d.]+)/.exec(log)?.[1]));
    }
    expect(times.every((time) => time > 20)).toBe(true);
    expect(times.toSorted((a, b) => a - b)[2]).toBeLessThan(MAX_START_MS);
  }, 120_000);
});
