import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BEFORE_INT8, EXACT, TRAINABLE } from '../../shared/passes/presets.ts';
import { ROOT } from '../architecture/sources.ts';

const passes = [...EXACT, ...BEFORE_INT8];

describe('the presets', () => {
  it('name each pass once', () => {
    const names = passes.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  it('hold every pass that there is', () => {
    const files = readdirSync(join(ROOT, 'shared/passes'))
      .filter((file) => file.endsWith('.ts'))
      .map((file) => file.replace(/\.ts$/, ''))
      .filter((name) => !['presets', 'optimize-exact', 'raise-opset'].includes(name));
    expect(passes.map(({ name }) => name).toSorted()).toEqual(files.toSorted());
  });

  it('leave for training what learns by itself', () => {
    const kept = new Set(TRAINABLE);
    expect(EXACT.filter((pass) => !kept.has(pass)).map(({ name }) => name)).toEqual([
      'fold-batch-norm',
      'fold-affine-after',
      'fold-affine-before',
      'merge-duplicate-initializers',
    ]);
  });

  it.each(passes.map(({ name }) => name))('%s has golden cases', (name) => {
    const cases = readdirSync(join(import.meta.dirname, name)).filter((file) =>
      file.endsWith('.txt'),
    );
    expect(cases).not.toEqual([]);
  });

  it('stand in docs/passes.md with their identities', () => {
    const text = readFileSync(join(ROOT, 'docs/passes.md'), 'utf8');
    for (const { name, identity } of EXACT) expect(text).toContain(`| \`${name}\` | ${identity} |`);
    for (const { name, identity } of BEFORE_INT8)
      expect(text).toContain(`\`${name}\` (${identity})`);
  });
});
