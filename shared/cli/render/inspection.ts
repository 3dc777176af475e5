/** An inspection as text: facts in two columns, ops in one paragraph. */
import type { InspectedValue, Inspection } from '../../pipeline/inspect.ts';
import { formatBytes, formatCount } from '../../report/numbers.ts';
import { visibleText } from '../../report/visible-text.ts';

/** Names come from the model: what could move a terminal's cursor is made visible. */
export function renderInspection(inspection: Inspection): string {
  const { path, format, bytes, producer, irVersion, opsets, parameters, weightBytes } = inspection;
  const rows: [string, string][] = [
    ['format', `${format}, IR ${irVersion}, opset ${opsetText(opsets)}`],
    ...(producer === '' ? [] : ([['producer', producer]] satisfies [string, string][])),
    ['size', `${formatBytes(bytes)} (${formatCount(bytes)} bytes)`],
    [
      'parameters',
      `${formatCount(parameters)} in ${formatBytes(weightBytes)}: ${typesText(inspection.bytesByType)}`,
    ],
    ...values('input', inspection.inputs),
    ...values('output', inspection.outputs),
    ['nodes', `${formatCount(inspection.nodes)}${extras(inspection)}`],
    ...(inspection.externalFiles.length > 0
      ? ([['weights in', inspection.externalFiles.join(', ')]] satisfies [string, string][])
      : []),
    ...inspection.notes.map((note): [string, string] => ['note', note]),
    ...problemRows(inspection.problems ?? []),
  ];
  const width = Math.max(...rows.map(([key]) => key.length));
  const lines = rows.map(([key, text]) => `  ${key.padEnd(width)}  ${visibleText(text)}`);
  const ops = Object.entries(inspection.ops).map(([op, count]) => `${op} ${count}`);
  return `${visibleText(path)}\n${lines.join('\n')}\n  ${'ops'.padEnd(width)}  ${wrap(visibleText(ops.join(', ')), 90, width + 4)}\n`;
}

function values(kind: string, list: readonly InspectedValue[]): [string, string][] {
  return list.map(({ name, type, shape }) => [
    kind,
    `${name} ${type}${shape ? ` [${shape.join(', ')}]` : ''}`,
  ]);
}

/** More of them are in the JSON. */
const MOST_PROBLEMS = 10;

function problemRows(problems: NonNullable<Inspection['problems']>): [string, string][] {
  const rows = problems
    .slice(0, MOST_PROBLEMS)
    .map(({ where, message, isHarmless }): [string, string] => [
      isHarmless ? 'note' : 'wrong',
      `${where}: ${message}`,
    ]);
  const more = problems.length - rows.length;
  return more > 0 ? [...rows, ['wrong', `${more} more: see --json`]] : rows;
}

function opsetText(opsets: Inspection['opsets']): string {
  return Object.entries(opsets)
    .map(([domain, version]) => (domain === 'ai.onnx' ? String(version) : `${domain} ${version}`))
    .join(', ');
}

function typesText(bytesByType: Inspection['bytesByType']): string {
  const parts = Object.entries(bytesByType).map(([type, count]) => `${type} ${formatBytes(count)}`);
  return parts.length === 0 ? 'none' : parts.join(', ');
}

function extras({ subgraphs, functions }: Inspection): string {
  const parts = [
    ...(subgraphs > 0
      ? [`${subgraphs} ${subgraphs === 1 ? 'subgraph' : 'subgraphs'} included`]
      : []),
    ...(functions > 0 ? [`${functions} ${functions === 1 ? 'function' : 'functions'}`] : []),
  ];
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}

/** Words in lines of at most `width`, later lines indented. */
function wrap(text: string, width: number, indent: number): string {
  const lines: string[] = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? '';
    if (line.length + word.length + 1 > width - indent && line !== '') lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines.join(`\n${' '.repeat(indent)}`);
}
