/** The files that `fettle init` writes, as text: every setting that one may want next is there as a comment. */
import { modelNameOf, plainName } from '../../pipeline/names.ts';
import type { Pairing } from '../../pipeline/project/pair-data.ts';

/** `fettle.yml` for the models that can be read. */
export function configText(pairings: readonly Pairing[]): string {
  const names = uniqueNames(pairings.map(({ model }) => model.path));
  const models = pairings.map((pairing, index) =>
    [
      `  ${quote(names[index] ?? 'model')}:`,
      `    source: ${quote(pairing.model.path)}`,
      ...dataLines(pairing),
      '    variants: [float16, int8, int4, auto]',
      '    # targets: [onnx, ort]',
      '    # ship: int8                                   # the variant that is used, and judged',
      '    # budget: { size: -50%, latency: +5%, accuracy: -0.5pp }',
    ].join('\n'),
  );
  return `# What Fettle does in this project: \`fettle run\`. Every key is explained in docs/configuration.md.
version: 1
models:
${models.join('\n')}
`;
}

function dataLines({ data, unfit }: Pairing): string[] {
  const parts = Object.entries(data).map(([part, file]) => `${part}: ${quote(file)}`);
  if (parts.length > 0) {
    return [
      `    data: { ${parts.join(', ')} }    # labels are taken as classes (top1); for others add e.g. "metric: mae"`,
    ];
  }
  return [
    ...(unfit ? [`    # not its data: ${oneLine(saysWhich(unfit)).slice(0, 250)}`] : []),
    '    # data: { all: test.npz, metric: top1 }    # without data only size, latency and fidelity are judged',
  ];
}

const saysWhich = ({ path, reason }: NonNullable<Pairing['unfit']>): string =>
  reason.includes(path) ? reason : `${path}: ${reason}`;

/** A comment ends with its line. */
const oneLine = (text: string): string => text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ');

/**
 * The first set-up of docs/github-action.md. Without a list of paths: a check that is required and not run would wait for
 * ever, and the Action looks itself for what changed.
 */
export function workflowText(): string {
  return `# Says on every pull request what it does to the models of fettle.yml; a broken budget fails the check.
# Pull requests from forks, AWS and all settings: docs/github-action.md of Fettle.
name: fettle
on: pull_request
permissions:
  contents: read
  pull-requests: write
jobs:
  models:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v6
      - uses: OWNER/fettle@v1
`;
}

/** Names from paths; where two would be the same, the path tells them apart, and a number where not even that does. */
function uniqueNames(paths: readonly string[]): string[] {
  const short = paths.map((path) => modelNameOf(path, !/\.[^/.]+$/.test(path)));
  const names = short.map((name, index) =>
    short.filter((other) => other === name).length === 1
      ? name
      : plainName((paths[index] ?? name).replace(/\.[^/.]+$/, '')),
  );
  const taken = new Set<string>();
  return names.map((name) => {
    let free = name;
    for (let count = 2; taken.has(free); count++) free = `${name}-${count}`;
    taken.add(free);
    return free;
  });
}

/** YAML that is always one string. */
const quote = (text: string): string =>
  /^[A-Za-z0-9._/-]+$/.test(text) && /[A-Za-z]/.test(text) ? text : JSON.stringify(text);
