/**
 * A model that brought code to run, where the built functions run it: as the child of a worker, by the same user, in
 * the same container. It looks everywhere, and must find nothing. That it finds what is there is shown by the same
 * where nothing is done against it.
 */
import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { s3Client } from '../../functions/adapters/clients.ts';
import { presignedAddresses } from '../../functions/adapters/presigned.ts';
import { S3Objects } from '../../functions/adapters/s3-objects.ts';
import { freshFolder } from '../../scripts/functions/fresh-folder.ts';
import { makeTempDir, removeTempDir } from '../../shared/base/files.ts';
import type { Order } from '../../shared/pipeline/distributed/order.ts';
import { loadStep } from '../../shared/pipeline/steps/registry.ts';
import { installedRuntimeVersion } from '../../shared/runtime/runtime-version.ts';
import { ROOT } from '../architecture/sources.ts';
import { startLambda } from '../emulators/lambda/start-lambda.ts';
import { type S3Emulator, startS3 } from '../emulators/s3/start-s3.ts';

/** Nobody else's: everything of this user is the container's. Only root can run processes as another user. */
const USER = process.getuid?.() === 0 ? 54_321 : undefined;

const hasCompiler = process.platform === 'linux' && spawnSync('gcc', ['--version']).status === 0;
if (!hasCompiler)
  console.warn('SKIPPED: what a hostile model can reach is tried on Linux with gcc');
const LANE = hasCompiler ? describe : describe.skip;

/** Of the lane's role: it may write logs. */
const ROLE = {
  accessKeyId: 'ASIAOFTHEWORKERSROLE',
  secretAccessKey: 'the secret key of the role of the workers',
  sessionToken: 'the session token of the role of the workers',
};

/** Where a container asks for the keys of its role. */
const CONTAINER_ROLE = '/v2/credentials/of-the-container';

/** A model of somebody else's. */
const SECRET = 'the model of somebody else';

/** Where they always are, in Lambda and in containers. */
const SERVICES = {
  runtime: 'http://127.0.0.1:9001/2018-06-01/runtime/invocation/next',
  instance: 'http://169.254.169.254/latest/meta-data/',
  container: 'http://169.254.170.2/v2/metadata',
};

interface Findings {
  readonly read: readonly string[];
  readonly found: readonly string[];
  readonly answers: Readonly<Record<string, number | string>>;
  readonly left: number;
}

LANE('a model that brings code', () => {
  let folder: string;
  let s3: S3Emulator;

  beforeAll(async () => {
    folder = makeTempDir('hostile');
    chmodSync(folder, 0o755);
    cpSync(process.execPath, join(folder, 'node'));
    chmodSync(join(folder, 'node'), 0o111);
    const source = join(ROOT, 'functions', 'image', 'confine.c');
    const program = join(folder, 'confine');
    const flags = ['-O2', '-static', '-Wall', '-Werror', '-o', program, source];
    expect(spawnSync('gcc', flags, { encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
    const admin = { accessKeyId: 'admin', secretAccessKey: 'of the trusted side' };
    s3 = await startS3({
      credentials: [admin, ROLE],
      authorize: ({ accessKeyId }) => accessKeyId === 'admin',
    });
    for (const name of ['inbox', 'outbox']) {
      s3.createBucket(name);
      await objectsOf(name).put('secret.onnx', SECRET);
    }
  });

  afterAll(async () => {
    await s3.close();
    removeTempDir(folder);
  });

  const clientOf = () =>
    s3Client({ endpoint: s3.endpoint, region: s3.region, credentials: s3.credentials });
  const objectsOf = (bucket: string) => new S3Objects(clientOf(), bucket);

  /** The functions with that code among them, and the address of an order that gets there. */
  async function lay(name: string, services: object): Promise<{ root: string; order: string }> {
    const root = join(folder, name);
    await copyFunctions(root);
    plant(root, {
      needles: [...Object.values(ROLE), CONTAINER_ROLE, 'X-Amz-Signature', SECRET].map(backwards),
      all: USER !== undefined,
      ...{ s3: s3.endpoint, buckets: ['inbox', 'outbox'], object: 'secret.onnx', services },
    });
    const addresses = presignedAddresses(clientOf(), 'outbox', { seconds: 600 });
    const { version } = await loadStep('prepare');
    const order: Order = {
      ...{ schema: 'fettle.order/1', execution: name, model: 'hostile', key: 'k' },
      ...{ step: 'prepare', version, input: {}, seconds: 60, memoryBytes: 2e9 },
      runtime: `onnxruntime-node ${installedRuntimeVersion()}`,
      inputs: [],
      upload: { result: await addresses.write(`work/${name}/result.json`), blobs: [] },
    };
    const key = `work/${name}/order.json`;
    await objectsOf('outbox').put(key, JSON.stringify(order));
    return { root, order: await addresses.read({ key }) };
  }

  /** As the image has it (functions/Dockerfile). */
  const image = () => ({
    FETTLE_CONFINE: join(folder, 'confine'),
    ...(USER !== undefined && { FETTLE_ALONE: '1' }),
  });

  /** What it finds in a function as it is built, or where nothing defends. */
  async function inLambda(name: string, isDefended: boolean): Promise<Findings> {
    const { root, order } = await lay(name, isDefended ? SERVICES : {});
    if (!isDefended) rmSync(join(root, 'start.js'));
    let text = '';
    await using lambda = await startLambda({
      log: (_, more) => {
        text += more;
      },
      functions: {
        work: {
          root,
          ...{ handler: 'index.work', memory: 2048, timeout: 90, ephemeralStorage: 1024 },
          credentials: ROLE,
          environment: { FETTLE_INBOX: 'inbox', ...(isDefended && image()) },
          container: {
            ...(isDefended && { node: join(folder, 'node') }),
            ...(USER !== undefined && { user: USER }),
          },
        },
      },
    });
    const answer = await lambda.invoke('work', { id: 'k', order });
    expect(answer.payload).toBe('{"id":"k","status":"failed"}');
    const findings = findingsIn(text);
    // A process that left the group of the one that started it.
    expect(isAlive(findings.left)).toBe(!isDefended || USER === undefined);
    return findings;
  }

  /** What it finds in a job of Batch, which gets its order by its environment. */
  async function inBatch(name: string): Promise<Findings> {
    const { root, order } = await lay(name, SERVICES);
    const temp = join(folder, `${name}-temp`);
    mkdirSync(temp);
    if (USER !== undefined) chownSync(temp, USER, USER);
    const job = spawn(join(folder, 'node'), ['start.js', '/opt/ric/index.mjs', 'batch'], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'ignore'],
      ...(USER !== undefined && { uid: USER, gid: USER }),
      env: {
        ...{ PATH: '/usr/bin:/bin', TMPDIR: temp, AWS_REGION: 'us-east-1', AWS_BATCH_JOB_ID: 'j' },
        AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: CONTAINER_ROLE,
        FETTLE_ORDER: order,
        ...image(),
      },
    });
    let text = '';
    job.stdout.setEncoding('utf8').on('data', (more: string) => {
      text += more;
    });
    const code = await new Promise((resolve) => job.on('close', resolve));
    expect(code).toBe(0);
    const findings = findingsIn(text);
    expect(isAlive(findings.left)).toBe(USER === undefined);
    return findings;
  }

  it.each([
    ['a function', () => inLambda('function', true)],
    ['a job', () => inBatch('job')],
  ])('finds no permission in any process or file of %s, and reaches nothing', async (_, attack) => {
    const { read, found, answers } = await attack();
    expect(found).toEqual([]);
    expect(read.filter((what) => /^(environ|mem|file)/.test(what))).toEqual([]);
    // What it looks at otherwise is there.
    expect(read).toEqual(expect.arrayContaining(['cmdline of the parent', 'its own environment']));
    expect(new Set(Object.values(answers))).toEqual(new Set(['EACCES']));
    expect(Object.keys(answers)).toHaveLength(9);
  });

  it('finds all of it where nothing is done against it, and still gets nothing from S3', async () => {
    const { read, found, answers } = await inLambda('open', false);
    expect(read).toEqual(expect.arrayContaining(['environ of the parent', 'mem of the parent']));
    for (const value of Object.values(ROLE))
      expect(found).toContain(`${value} in environ of the parent`);
    expect(found).toContain('X-Amz-Signature in mem of the parent');
    // Whoever asks the runtime interface is told what the worker is.
    const { next, ...refused } = answers;
    expect(next).toBe(200);
    expect(found).toContain('X-Amz-Signature in the answer of next');
    expect(new Set(Object.values(refused))).toEqual(new Set([403]));
    // The role of the lane may write logs: what was stolen is worth nothing.
    const { endpoint, region } = s3;
    const stolen = new S3Objects(s3Client({ endpoint, region, credentials: ROLE }), 'outbox');
    await expect(stolen.get('secret.onnx')).rejects.toThrow();
    await expect(stolen.put('work/mine', 'mine')).rejects.toThrow();
  });

  async function copyFunctions(root: string): Promise<void> {
    const built = await freshFolder();
    cpSync(built, root, {
      recursive: true,
      filter: (path) => !path.startsWith(join(built, 'node_modules')),
    });
    symlinkSync(join(built, 'node_modules'), join(root, 'node_modules'));
  }
});

const backwards = (text: string): string => [...text].reverse().join('');

/** In the place of the process that runs steps. */
function plant(root: string, plan: object): void {
  const fixture = new URL('worker/fixtures/hostile-worker.mjs', import.meta.url);
  const script = readFileSync(fixture, 'utf8').replace('/* PLAN */ {}', JSON.stringify(plan));
  writeFileSync(join(root, 'shared', 'pipeline', 'local', 'worker.js'), script);
}

/** What it said, through the log of the function. */
function findingsIn(text: string): Findings {
  for (const line of text.split('\n')) {
    if (!line.includes('FINDINGS')) continue;
    const { message } = JSON.parse(line) as { message: string };
    return JSON.parse(message.slice('FINDINGS '.length));
  }
  throw new Error(`it said nothing:\n${text.slice(-2000)}`);
}

function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
