import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { withTempDir } from '../../shared/base/files.ts';
import { ROOT } from '../architecture/sources.ts';
import { _PLAIN, _readable, _synthesize } from './_stacks.ts';
import { _IMAGE } from './_template.ts';

/** Whatever asks for the network gets nowhere. */
const OFFLINE = { http_proxy: 'http://127.0.0.1:9', https_proxy: 'http://127.0.0.1:9' };

const synthesize = (outdir: string, env: Readonly<Record<string, string>>) =>
  spawnSync(process.execPath, ['cdk/app.ts'], {
    cwd: ROOT,
    encoding: 'utf8',
    env: { ...process.env, ...OFFLINE, CDK_OUTDIR: outdir, ...env },
  });

it('synthesizes offline, with the image that the context gives', () =>
  withTempDir('cdk', async (outdir) => {
    const { status, stderr } = synthesize(outdir, {
      CDK_CONTEXT_JSON: JSON.stringify({ image: _IMAGE }),
    });
    expect(stderr).toBe('');
    expect(status).toBe(0);
    const made = JSON.parse(readFileSync(join(outdir, 'Fettle.template.json'), 'utf8'));
    expect(_readable({ Resources: made.Resources })).toBe(
      _readable({ Resources: _synthesize(_PLAIN).toJSON().Resources }),
    );
  }));

it('synthesizes with nothing built, or with what was built', () =>
  withTempDir('cdk', async (outdir) => {
    expect(synthesize(outdir, {}).status).toBe(0);
    const made = JSON.parse(readFileSync(join(outdir, 'Fettle.template.json'), 'utf8'));
    const manifest = JSON.parse(readFileSync(join(outdir, 'Fettle.assets.json'), 'utf8'));
    const asked = 'Imagex8664' in made.Parameters;
    const images = Object.keys(manifest.dockerImages);
    expect(images).toHaveLength(asked ? 0 : 1);
  }));
