/**
 * SavedModels as TensorFlow 2 writes them, of any size: a function that infers, one that restores, and a checkpoint
 * whose variables are made while they are written. What TensorFlow needs and Fettle does not read (types of
 * arguments, checksums) is left out.
 */
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join as joinPath } from 'node:path';
import { block, tableOf } from '../test/formats/saved-model/_sstable.ts';
import {
  attribute,
  entry,
  graphDef,
  join,
  message,
  node,
  number,
  shape,
  text,
  textTensor,
} from '../test/formats/tf/proto/_wire.ts';

export interface Variable {
  readonly name: string;
  readonly dims: readonly number[];
  /** Its elements, row-major. */
  readonly values: () => Float32Array;
}

export interface SavedModelParts {
  readonly variables: readonly Variable[];
  /** Nodes of the function, by the parameter `x` and those of the variables, which are called as they are. */
  readonly nodes: readonly Uint8Array[];
  /** In the function: `node:result:0`. */
  readonly result: string;
  readonly inputShape: readonly number[];
  readonly outputShape: readonly number[];
}

const FLOAT = 1;
const STRING = 7;

/** Writes the folder; gives the bytes of all variables. */
export function writeSavedModel(folder: string, parts: SavedModelParts): number {
  mkdirSync(joinPath(folder, 'variables'), { recursive: true });
  const meta = join(
    message(1, text(4, 'serve'), text(5, '2.21.0')),
    message(2, graphOf(parts)),
    message(3, text(1, 'saver_filename:0'), text(3, 'StatefulPartitionedCall_1')),
    entry(
      5,
      'serving_default',
      entry(1, 'x', tensorInfo('serving_default_x:0', parts.inputShape)),
      entry(2, 'y', tensorInfo('StatefulPartitionedCall:0', parts.outputShape)),
      text(3, 'tensorflow/serving/predict'),
    ),
  );
  writeFileSync(joinPath(folder, 'saved_model.pb'), join(number(1, 1), message(2, meta)));
  return writeCheckpoint(joinPath(folder, 'variables', 'variables'), parts.variables);
}

const tensorInfo = (tensor: string, dims: readonly number[]): Uint8Array =>
  join(text(1, tensor), number(2, FLOAT), message(3, shape(...dims)));

const keyOf = ({ name }: Variable): string => `${name}/.ATTRIBUTES/VARIABLE_VALUE`;

function graphOf({ variables, nodes, result, inputShape }: SavedModelParts): Uint8Array {
  const names = variables.map(({ name }) => name);
  const list = names.join(', ');
  return graphDef(
    [
      ...variables.map(({ name, dims }) =>
        node(
          `${name} = VarHandleOp()`,
          attribute.type('dtype', FLOAT),
          attribute.shape('shape', ...dims),
          attribute.text('shared_name', name),
        ),
      ),
      node(
        'serving_default_x = Placeholder()',
        attribute.type('dtype', FLOAT),
        attribute.shape('shape', ...inputShape),
      ),
      node('saver_filename = Placeholder()', attribute.type('dtype', STRING)),
      node(
        `StatefulPartitionedCall = StatefulPartitionedCall(serving_default_x, ${list})`,
        attribute.function('f', '__inference_call'),
      ),
      node(
        `StatefulPartitionedCall_1 = StatefulPartitionedCall(saver_filename, ${list})`,
        attribute.function('f', '__inference__restore'),
      ),
    ],
    {
      __inference_call: {
        parameters: ['x', ...names],
        results: { identity: result },
        nodes,
      },
      __inference__restore: {
        parameters: ['file_prefix', ...names],
        results: {},
        nodes: restoringNodes(variables),
      },
    },
  );
}

function restoringNodes(variables: readonly Variable[]): Uint8Array[] {
  const texts = (name: string, values: readonly string[]): Uint8Array =>
    node(`${name} = Const()`, attribute.tensor('value', textTensor(...values)));
  return [
    texts('names', variables.map(keyOf)),
    texts(
      'slices',
      variables.map(() => ''),
    ),
    node('RestoreV2 = RestoreV2(file_prefix, names:output:0, slices:output:0)'),
    ...variables.flatMap(({ name }, index) => [
      node(`Identity_${index} = Identity(RestoreV2:tensors:${index})`),
      node(`Assign_${index} = AssignVariableOp(${name}, Identity_${index}:output:0)`),
    ]),
  ];
}

/** The value of a variable in a function: a node to add, and what it gives. */
export function reading(variable: string): readonly [node: Uint8Array, value: string] {
  const line = `${variable}/Read = ReadVariableOp(${variable})`;
  return [node(line, attribute.type('dtype', FLOAT)), `${variable}/Read:value:0`];
}

function writeCheckpoint(prefix: string, variables: readonly Variable[]): number {
  const file = openSync(`${prefix}.data-00000-of-00001`, 'w');
  const entries: [string, Uint8Array][] = [];
  let offset = 0;
  try {
    for (const variable of variables) {
      const values = variable.values();
      const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
      for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at, bytes.length - at);
      entries.push([
        keyOf(variable),
        join(
          number(1, FLOAT),
          message(2, shape(...variable.dims)),
          number(4, offset),
          number(5, bytes.length),
        ),
      ]);
      offset += bytes.length;
    }
  } finally {
    closeSync(file);
  }
  const header: [string, Uint8Array] = ['', number(1, 1)];
  const sorted = entries.toSorted(([a], [b]) => (a < b ? -1 : 1));
  writeFileSync(`${prefix}.index`, tableOf([block([header, ...sorted])]));
  return offset;
}
