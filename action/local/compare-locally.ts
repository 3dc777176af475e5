/** mode: local: base and head of every changed model measured on this runner, in a process of their own. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { childEnvironment } from '../../shared/base/child-environment.ts';
import { ToolError } from '../../shared/base/errors.ts';
import { fromWire, wireErrorSchema } from '../../shared/pipeline/local/error-wire.ts';
import { parseReport, type Report } from '../../shared/report/schema.ts';
import { type ReportFiles, reportFiles } from '../../shared/report/write-report.ts';
import { bytesOf, type ModelChange } from '../changes/model-change.ts';
import { type InstallOptions, installTool } from './install.ts';
import type { Order } from './order.ts';

export interface CompareOptions
  extends InstallOptions,
    Pick<Order, 'comparison' | 'headRoot' | 'baseRoot' | 'isTrusted' | 'out' | 'keepsArtifacts'> {
  readonly changes: readonly ModelChange[];
  /** For the order; removed with the job. */
  readonly temp: string;
}

export interface Compared extends ReportFiles {
  readonly report: Report;
}

/** @throws ToolError when the tool cannot be installed or ends by itself; what is wrong with one model is in the report */
export async function compareLocally(options: CompareOptions): Promise<Compared> {
  const { temp, out, toolCache, comparison, headRoot, baseRoot, isTrusted, keepsArtifacts } =
    options;
  const tool = await installTool(options);
  const order: Order = {
    models: options.changes.map(orderOf),
    comparison,
    headRoot,
    baseRoot,
    isTrusted,
    storeFolder: join(toolCache, 'fettle', 'store'),
    out,
    keepsArtifacts,
  };
  mkdirSync(temp, { recursive: true });
  const path = join(temp, 'order.json');
  writeFileSync(path, JSON.stringify(order));
  const end = await runChild(join(tool, 'action', 'local', 'child.ts'), path, options.log);
  const files = reportFiles(out);
  const { reportPath } = files;
  if (end.code !== 0) throw failureOf(join(temp, 'error.json'), end);
  const report = parseReport(JSON.parse(readFileSync(reportPath, 'utf8')), reportPath);
  return { report, ...files };
}

function orderOf({
  name,
  base,
  head,
  status,
  settings,
  folder,
  where,
  data,
}: ModelChange): Order['models'][number] {
  if (!head) {
    const bytes = base && { bytes: bytesOf(base) };
    return { removed: { name, path: base?.path ?? name, ...bytes } };
  }
  return {
    name,
    source: head.path,
    ...(base && { base: base.path }),
    isNew: status === 'added',
    settings,
    folder,
    where: where ?? head.path,
    candidates: data.map((file) => file.path),
  };
}

interface End {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderr: string;
}

/** Of what a process says at its end, for the message. */
const MAX_STDERR = 4000;

async function runChild(script: string, order: string, log: (line: string) => void): Promise<End> {
  const child = spawn(process.execPath, ['--no-warnings', script, order], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: childEnvironment(),
  });
  const stop = (): void => void child.kill();
  process.once('exit', stop);
  let stderr = '';
  let rest = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const lines = `${rest}${text}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) log(line);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr = `${stderr}${text}`.slice(-MAX_STDERR);
  });
  try {
    return await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) => resolve({ code, signal, stderr }));
    });
  } finally {
    process.off('exit', stop);
  }
}

function failureOf(path: string, { code, signal, stderr }: End): Error {
  if (existsSync(path))
    return fromWire(wireErrorSchema.parse(JSON.parse(readFileSync(path, 'utf8'))));
  const how = signal ? `was ended by ${signal}` : `ended with code ${code}`;
  return new ToolError(
    `the process that measures ${how}: ${stderr.trim().split('\n').at(-1) ?? ''}`,
    {
      hint: signal === 'SIGKILL' ? 'The runner may have run out of memory.' : 'Please report it.',
    },
  );
}
