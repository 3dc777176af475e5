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

/** A workflow that runs the whole configuration on every pull request that touches a model, its data or its settings. */
export function workflowText(pairings: readonly Pairing[], version: string): string {
  const files = pairings.flatMap(({ model, weights, data }) => [
    model.path,
    ...weights,
    ...Object.values(data),
  ]);
  const paths = [...new Set(['fettle.yml', ...files])];
  return `# Checks the models of fettle.yml when one of them changes. A broken budget fails the check.
name: fettle
on:
  pull_request:
    paths:
${paths.map((path) => `      - ${quote(path)}`).join('\n')}
permissions:
  contents: read
jobs:
  fettle:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v5
        with:
          lfs: true
      - uses: actions/setup-node@v5
        with:
          node-version: 24
      - run: npx --yes fettle@${version} run
      - uses: actions/upload-artifact@v5
        if: always()
        with:
          name: fettle-report
          path: fettle-out
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
