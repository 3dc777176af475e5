/** The machine that numbers are measured on: a latency says nothing without it. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { arch, availableParallelism, cpus } from 'node:os';
import { promisify } from 'node:util';

export interface Machine {
  /** The processor's own name. */
  readonly cpu: string;
  /** What decides which kernels onnxruntime takes, in the order of {@link FEATURES}. */
  readonly features: readonly string[];
  /** Those that this process may use. */
  readonly cores: number;
}

/** Every 64-bit ARM has NEON, and nothing else has. */
export const architectureOf = ({ features }: Pick<Machine, 'features'>): 'x64' | 'arm64' =>
  features.includes('neon') ? 'arm64' : 'x64';

/** Our name → names that systems give it (Linux `/proc/cpuinfo`, macOS `sysctl`). */
const FEATURES: Readonly<Record<string, readonly string[]>> = {
  sse4_2: ['sse4_2', 'sse4.2'],
  avx: ['avx', 'avx1.0'],
  f16c: ['f16c'],
  fma: ['fma'],
  avx2: ['avx2'],
  avx_vnni: ['avx_vnni'],
  avx512: ['avx512f'],
  avx512_vnni: ['avx512_vnni'],
  avx512_bf16: ['avx512_bf16'],
  amx_int8: ['amx_int8'],
  neon: ['asimd', 'neon', 'hw.optional.neon', 'hw.optional.advsimd'],
  fp16: ['asimdhp', 'hw.optional.arm.feat_fp16'],
  dotprod: ['asimddp', 'hw.optional.arm.feat_dotprod'],
  i8mm: ['i8mm', 'hw.optional.arm.feat_i8mm'],
  bf16: ['bf16', 'hw.optional.arm.feat_bf16'],
  sve: ['sve'],
};

let known: Promise<Machine> | undefined;

/** This machine. Features are a best effort: none are known on Windows beyond what the architecture implies. */
export function describeMachine(): Promise<Machine> {
  known ??= detect();
  return known;
}

async function detect(): Promise<Machine> {
  const found = parseFeatures(await systemText());
  // Every 64-bit ARM has NEON, whatever the system tells.
  if (arch() === 'arm64' && !found.includes('neon')) found.unshift('neon');
  return { cpu: cpuName(), features: found, cores: availableParallelism() };
}

/** Our names of the features in `/proc/cpuinfo` or in the output of `sysctl`, the latter's zeros left out. */
export function parseFeatures(text: string): string[] {
  const words = new Set<string>();
  for (const line of text.toLowerCase().split('\n')) {
    const [key = '', value = ''] = line.split(/\s*:\s*/, 2);
    if (/^(flags|features|machdep\.cpu\.(leaf7_)?features)$/.test(key.trim()))
      for (const word of value.trim().split(/\s+/)) words.add(word);
    else if (value.trim() === '1') words.add(key.trim());
  }
  return Object.entries(FEATURES)
    .filter(([, names]) => names.some((name) => words.has(name)))
    .map(([feature]) => feature);
}

async function systemText(): Promise<string> {
  try {
    if (process.platform === 'linux') return await readFile('/proc/cpuinfo', 'utf8');
    if (process.platform === 'darwin') {
      const sysctl = promisify(execFile)('sysctl', ['machdep.cpu', 'hw.optional']);
      return (await sysctl).stdout;
    }
  } catch {
    // A sandbox may hide both: the name and the count of cores remain.
  }
  return '';
}

/** Some ARM systems give no name: then the architecture. */
function cpuName(): string {
  const name = cpus()[0]?.model.trim() ?? '';
  return name === '' || name === 'unknown' ? arch() : name;
}
