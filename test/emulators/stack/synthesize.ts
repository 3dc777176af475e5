/** Fettle's own stack as a template, made by the CDK without a network and kept for each state of its sources. */
import { createHash } from 'node:crypto';
import {
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FettleStackProps } from '../../../cdk/props.ts';
import { makeTempDir, removeTempDir } from '../../../shared/base/files.ts';
import { parseTemplate, type Template } from './template.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const folder = join(root, '.cache', 'templates');

/** All that a synthesis reads but for `node_modules`, which the lock stands for. */
const SOURCES = ['cdk/**/*.ts', 'package-lock.json'];

/** Of an image that nobody pulls: the functions run from the folder that it would be made of. */
const IMAGE = '123456789012.dkr.ecr.us-east-1.amazonaws.com/fettle:emulated';

/** Properties that are plain data. */
export type EmulatedProps = Pick<
  FettleStackProps,
  'buckets' | 'quietSeconds' | 'latency' | 'maxJobs' | 'keepRuns' | 'lanes' | 'cpuQueue'
>;

/** The stack with these properties. The first time for each takes some seconds. */
export async function synthesize(props: EmulatedProps = {}): Promise<Template> {
  const path = join(folder, `${stateOf(props)}.json`);
  if (!existsSync(path)) {
    const text = await make(props);
    mkdirSync(folder, { recursive: true });
    // Beside and moved: whoever reads at the same time finds all of it or none.
    writeFileSync(`${path}.${process.pid}`, text);
    renameSync(`${path}.${process.pid}`, path);
  }
  return parseTemplate(JSON.parse(readFileSync(path, 'utf8')));
}

async function make(props: EmulatedProps): Promise<string> {
  // Only here: the library takes seconds to load.
  const [{ App }, { FLAGS }, { FettleStack }] = await Promise.all([
    import('aws-cdk-lib'),
    import('../../../cdk/flags.ts'),
    import('../../../cdk/stack.ts'),
  ]);
  const outdir = makeTempDir('synthesis');
  try {
    const app = new App({ outdir, context: FLAGS });
    const stack = new FettleStack(app, 'Fettle', { ...props, image: IMAGE });
    app.synth();
    return readFileSync(join(outdir, stack.templateFile), 'utf8');
  } finally {
    removeTempDir(outdir);
  }
}

function stateOf(props: EmulatedProps): string {
  const hash = createHash('sha256').update(JSON.stringify(props));
  for (const path of globSync(SOURCES, { cwd: root }).toSorted()) {
    const { size, mtimeMs } = statSync(join(root, path));
    hash.update(`${path} ${size} ${mtimeMs}\n`);
  }
  return hash.digest('hex').slice(0, 16);
}
