/** The files that `fettle init` writes, as text: every setting that one may want next is there as a comment. */
import { modelNameOf } from '../../pipeline/names.ts';
import { dataFor, type FoundProject } from './find-project.ts';

/** `fettle.yml` for the models that can be read. */
export function configText(project: FoundProject): string {
  const readable = project.models.filter(({ format }) => format === 'onnx');
  const names = uniqueNames(readable.map(({ path }) => path));
  const models = readable.map(({ path }, index) => {
    const data = dataFor(path, project.data);
    const parts = Object.entries(data).map(([part, file]) => `${part}: ${quote(file)}`);
    const dataLine =
      parts.length > 0
        ? `    data: { ${parts.join(', ')} }    # add "metric: top1" if the labels are not classes`
        : '    # data: { all: test.npz, metric: top1 }    # without data only size, latency and fidelity are judged';
    return [
      `  ${quote(names[index] ?? 'model')}:`,
      `    source: ${quote(path)}`,
      dataLine,
      '    variants: [float16, int8, int4, auto]',
      '    # targets: [onnx, ort]',
      '    # ship: int8                                   # the variant that is used, and judged',
      '    # budget: { size: -50%, latency: +5%, accuracy: -0.5pp }',
    ].join('\n');
  });
  return `# What Fettle does in this project: \`fettle run\`. Every key is explained in docs/configuration.md.
version: 1
models:
${models.join('\n')}
`;
}

/** A workflow that runs the whole configuration on every pull request that touches a model or its settings. */
export function workflowText(project: FoundProject, version: string): string {
  const paths = [...new Set(['fettle.yml', ...project.models.map(({ path }) => path)])];
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

/** Names from paths; where two would be the same, the path tells them apart. */
function uniqueNames(paths: readonly string[]): string[] {
  const short = paths.map((path) => modelNameOf(path, !/\.[^/.]+$/.test(path)));
  return short.map((name, index) =>
    short.filter((other) => other === name).length === 1
      ? name
      : (paths[index] ?? name).replace(/\.[^/.]+$/, '').replace(/[^A-Za-z0-9._-]+/g, '-'),
  );
}

/** YAML that is always one string. */
const quote = (text: string): string =>
  /^[A-Za-z0-9._/-]+$/.test(text) && /[A-Za-z]/.test(text) ? text : JSON.stringify(text);
