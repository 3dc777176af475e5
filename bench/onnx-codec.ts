/**
 * The bars of the ONNX codec, each measured in fresh processes: what opening, editing and writing
 * cost beside copying the file, and how much memory they take.
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { editModel } from '../shared/onnx/edit-model.ts';
import { computedTensor } from '../shared/onnx/make-tensor.ts';
import type { Model } from '../shared/onnx/model.ts';
import { openModel } from '../shared/onnx/read-model.ts';
import { writeModel } from '../shared/onnx/write-model.ts';
import { layeredModel } from './_layered-model.ts';

/** Milliseconds and, for a process that did nothing else, the peak of its memory in MB. */
interface Figures {
  readonly open: number;
  readonly editAndWrite: number;
  readonly copy: number;
  readonly peak: number;
}

interface Bar {
  readonly name: string;
  readonly values: readonly number[];
  readonly limit: number;
  readonly unit: string;
}

/** Fresh processes for each figure; the median counts, because the machine is not ours alone. */
const ROUNDS = 5;

/** What a pass does: a node goes, a node comes, weights are replaced, the rest is left alone. */
function edit(model: Model): Model {
  return editModel(model, (graph) => {
    const [first, second] = [...graph.nodes()];
    if (first)
      graph.insertAfter(first, {
        ...first,
        opType: 'Relu',
        name: 'added',
        inputs: first.outputs,
        outputs: [graph.freshName('added')],
        attributes: new Map(),
      });
    if (second) graph.update(second, { name: 'renamed' });
    let index = 0;
    for (const [name, tensor] of graph.initializers) {
      if (index++ % 20 !== 0) continue;
      const count = tensor.dims.reduce((product, dim) => product * dim, 1);
      graph.setInitializer(
        name,
        computedTensor(name, 'int8', tensor.dims, () => new Uint8Array(count)),
      );
    }
  }).model;
}

/** Opens, edits and writes; with a copy of the same file before or after, by `copyFirst`. */
function work(folder: string, file: string, copyFirst: boolean, withCopy: boolean): Figures {
  const path = join(folder, file);
  const copied = join(folder, `copy-${file}`);
  const written = join(folder, `written-${file}`);
  const copy = (): number => {
    const start = performance.now();
    copyFileSync(path, copied);
    const time = performance.now() - start;
    rmSync(copied);
    return time;
  };
  const before = withCopy && copyFirst ? copy() : 0;
  const start = performance.now();
  using opened = openModel(path);
  const openedAt = performance.now();
  writeModel(edit(opened.model), written);
  const end = performance.now();
  rmSync(written);
  rmSync(`${written}.data`, { force: true });
  const after = withCopy && !copyFirst ? copy() : 0;
  return {
    open: openedAt - start,
    editAndWrite: end - start,
    copy: before + after,
    peak: peakMegabytes(),
  };
}

/** Linux keeps the process's own peak; what `resourceUsage` tells there begins with its parent's. */
function peakMegabytes(): number {
  const status = '/proc/self/status';
  const own = existsSync(status) && /VmHWM:\s+(\d+)/.exec(readFileSync(status, 'utf8'))?.[1];
  return (own ? Number(own) : process.resourceUsage().maxRSS) / 1024;
}

function inFreshProcess(...args: string[]): Figures {
  const self = fileURLToPath(import.meta.url);
  const output = execFileSync(process.execPath, [self, ...args], { encoding: 'utf8' });
  return JSON.parse(output);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function print(bars: readonly Bar[]): boolean {
  const digits = (value: number): string => value.toFixed(value < 10 ? 2 : 0);
  let holds = true;
  for (const { name, values, limit, unit } of bars) {
    const value = median(values);
    if (!(value < limit)) holds = false;
    const range = `(${digits(Math.min(...values))}–${digits(Math.max(...values))})`;
    const verdict = value < limit ? 'holds' : 'BROKEN';
    console.log(
      `${name.padEnd(52)} ${digits(value).padStart(6)} ${unit.padEnd(3)} ${range.padEnd(14)} bar ${`< ${limit} ${unit}`.padEnd(10)} ${verdict}`,
    );
  }
  return holds;
}

function main(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'fettle-bench-'));
  try {
    console.log(`median of ${ROUNDS} fresh processes (lowest–highest)\n`);
    const rounds = (file: string, count: number, copy: 'copy' | 'alone'): readonly Figures[] =>
      Array.from({ length: count }, (_, round) =>
        inFreshProcess('work', folder, file, round % 2 === 0 ? 'first' : 'last', copy),
      );
    inFreshProcess('make', folder, 'large.onnx', '300', '200', '2000000');
    inFreshProcess('make', folder, 'many.onnx', '20000', '20000', '512');
    const large = rounds('large.onnx', ROUNDS, 'copy');
    const alone = rounds('large.onnx', ROUNDS, 'alone');
    const many = rounds('many.onnx', ROUNDS, 'alone');
    inFreshProcess('make', folder, 'huge.onnx', '300', '200', '16000000');
    const huge = rounds('huge.onnx', 1, 'alone');
    const writing = ({ editAndWrite, open }: Figures): number => editAndWrite - open;
    return print([
      {
        name: '400 MB, 300 nodes: open',
        values: alone.map(({ open }) => open),
        limit: 30,
        unit: 'ms',
      },
      {
        name: '400 MB: open, edit and write, over copying the file',
        values: large.map(({ editAndWrite, copy }) => editAndWrite / copy),
        limit: 1.5,
        unit: '×',
      },
      {
        name: '400 MB: peak memory',
        values: alone.map(({ peak }) => peak),
        limit: 120,
        unit: 'MB',
      },
      {
        name: '20,000 nodes, 20,000 initializers: read',
        values: many.map(({ open }) => open),
        limit: 500,
        unit: 'ms',
      },
      {
        name: '20,000 nodes, 20,000 initializers: edit and write',
        values: many.map(writing),
        limit: 500,
        unit: 'ms',
      },
      {
        name: '3.2 GB (external data): peak memory of an edit',
        values: huge.map(({ peak }) => peak),
        limit: 150,
        unit: 'MB',
      },
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const [task, folder = '', file = '', ...rest] = process.argv.slice(2);
if (task === 'make') {
  const [nodes = 0, initializers = 0, weightBytes = 0] = rest.map(Number);
  writeModel(layeredModel(nodes, initializers, weightBytes), join(folder, file));
  console.log('{}');
} else if (task === 'work') {
  console.log(JSON.stringify(work(folder, file, rest[0] === 'first', rest[1] === 'copy')));
} else if (!main()) process.exit(1);
