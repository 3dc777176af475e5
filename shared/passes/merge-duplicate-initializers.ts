/** Equal weights, stored once. */
import { createHash } from 'node:crypto';
import { IO_CHUNK_BYTES } from '../base/limits.ts';
import type { GraphEditor } from '../onnx/graph-editor.ts';
import type { StoredTensor } from '../onnx/stored-tensor.ts';
import { readRaw, storedByteLength } from '../onnx/tensor-data.ts';
import type { GraphContext } from '../rewrite/graph-context.ts';
import type { Pass } from '../rewrite/pass.ts';

export const mergeDuplicateInitializers: Pass = {
  name: 'merge-duplicate-initializers',
  identity: 'two initializers of equal type, dims and bytes are one',
  needsTypes: false,
  run: (work) => work.editGraphs(merge),
};

/** Of tensors that agree in type and dims first the ends are compared, and all bytes only where those agree too. */
function merge({ editor }: GraphContext): void {
  const outer = visibleOutside(editor);
  // What is computed when it is written was just made from weights that differed.
  const own = [...editor.initializers].filter(
    ([name, { storage }]) => !editor.isInput(name) && storage.kind !== 'computed',
  );
  const entries = [...outer, ...own].map(([name, tensor]): Entry => ({ name, tensor }));
  const ownNames = new Set(own.map(([name]) => name));
  for (const alike of groups([entries], [formOf, endsOf, digestOf])) {
    // The outermost comes first: bodies then read it from outside.
    const [first, ...others] = alike;
    for (const { name } of others) {
      // A graph output needs the name that it has.
      if (!first || !ownNames.has(name) || editor.isOutput(name)) continue;
      editor.replaceUses(name, first.name);
      editor.removeInitializer(name);
    }
  }
}

interface Entry {
  readonly name: string;
  readonly tensor: StoredTensor;
}

/** Constants of the graphs around, by the names under which the body sees them. */
function visibleOutside(body: GraphEditor): (readonly [string, StoredTensor])[] {
  const found: (readonly [string, StoredTensor])[] = [];
  for (let at = body.parent; at; at = at.parent) {
    for (const [name, tensor] of at.initializers)
      if (body.constant(name) === tensor && tensor.storage.kind !== 'computed')
        found.push([name, tensor]);
  }
  return found.toReversed();
}

/** Splits groups by one key after the other, dropping what stands alone before the next key is computed. */
function groups(
  found: readonly (readonly Entry[])[],
  keys: readonly ((tensor: StoredTensor) => string)[],
): readonly (readonly Entry[])[] {
  let current = found;
  for (const key of keys) {
    current = current.flatMap((group) => {
      const byKey = Map.groupBy(group, ({ tensor }) => key(tensor));
      return [...byKey.values()].filter(({ length }) => length > 1);
    });
  }
  return current;
}

function formOf(tensor: StoredTensor): string {
  return `${tensor.type} ${tensor.dims} ${storedByteLength(tensor)}`;
}

/** Bytes at each end that are looked at first. */
export const COMPARED_END_BYTES = 256;

function endsOf(tensor: StoredTensor): string {
  const { storage } = tensor;
  if (storage.kind === 'strings') return '';
  const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
  if (storage.kind === 'file') {
    const { source, offset, length } = storage.range;
    const count = Math.min(COMPARED_END_BYTES, length);
    return text(source.read(offset, count)) + text(source.read(offset + length - count, count));
  }
  const raw = readRaw(tensor);
  return (
    text(raw.subarray(0, COMPARED_END_BYTES)) +
    text(raw.subarray(Math.max(0, raw.length - COMPARED_END_BYTES)))
  );
}

/** Files are read piece by piece: two 2 GB weights are compared in the memory of one piece. */
function digestOf(tensor: StoredTensor): string {
  const hash = createHash('sha256');
  const { storage } = tensor;
  if (storage.kind === 'strings') {
    for (const value of storage.values) hash.update(`${value.length} `).update(value);
  } else if (storage.kind === 'file') {
    const { source, offset, length } = storage.range;
    for (let at = 0; at < length; at += IO_CHUNK_BYTES)
      hash.update(source.read(offset + at, Math.min(IO_CHUNK_BYTES, length - at)));
  } else hash.update(readRaw(tensor));
  return hash.digest('hex');
}
