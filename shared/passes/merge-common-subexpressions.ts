/** Equal nodes over equal inputs, computed once. */
import { createHash } from 'node:crypto';
import type { Attribute, Node } from '../onnx/model.ts';
import { readRaw } from '../onnx/tensor-data.ts';
import { hasTrait } from '../ops/traits.ts';
import type { GraphContext } from '../rewrite/graph-context.ts';
import type { Pass } from '../rewrite/pass.ts';

export const mergeCommonSubexpressions: Pass = {
  name: 'merge-common-subexpressions',
  identity: 'f(x) and f(x) are one, where f is pure',
  needsTypes: false,
  run: (work) => work.editGraphs(merge),
};

function merge({ editor }: GraphContext): void {
  const seen = new Map<string, Node>();
  for (const node of editor.nodes()) {
    if (!hasTrait(node, 'pure') || node.opType === 'Constant') continue;
    const key = keyOf(node);
    const first = key === undefined ? undefined : seen.get(key);
    if (key !== undefined && !first) seen.set(key, node);
    if (!first || !editor.has(first)) continue;
    const isOutput = node.outputs.some((output) => editor.isOutput(output));
    // A graph output keeps its name, so the other node goes; two outputs need two nodes.
    const [kept, gone] = isOutput ? [node, first] : [first, node];
    if (gone.outputs.some((output) => editor.isOutput(output))) continue;
    if (kept === node) {
      // The one that stays must stand where the first reader of the one that goes is.
      editor.remove(node);
      editor.replace(first, node);
      if (key !== undefined) seen.set(key, node);
    } else editor.remove(node);
    gone.outputs.forEach((output, position) => {
      if (output !== '') editor.replaceUses(output, kept.outputs[position] ?? '');
    });
  }
}

/** Operator, attributes and inputs; `undefined` where attributes cannot be compared cheaply. */
function keyOf(node: Node): string | undefined {
  const attributes: string[] = [];
  for (const [name, attribute] of [...node.attributes].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const text = attributeText(attribute);
    if (text === undefined) return undefined;
    attributes.push(`${name}=${attribute.type}:${text}`);
  }
  const isPresent = node.outputs.map((output) => output !== '');
  return JSON.stringify([
    node.domain,
    node.opType,
    node.overload,
    node.inputs,
    attributes,
    isPresent,
  ]);
}

/** Attribute tensors are small (values of ConstantOfShape and the like). */
const MAX_TENSOR_BYTES = 4096;

function attributeText(attribute: Attribute): string | undefined {
  switch (attribute.type) {
    case 'float':
      // −0 and NaN have no JSON of their own.
      return Object.is(attribute.value, -0) ? '-0' : String(attribute.value);
    case 'int':
      return String(attribute.value);
    case 'string':
      return Buffer.from(attribute.value).toString('latin1');
    case 'floats':
      return attribute.value.map((value) => (Object.is(value, -0) ? '-0' : value)).join();
    case 'ints':
      return attribute.value.join();
    case 'strings':
      return JSON.stringify(attribute.value.map((value) => Buffer.from(value).toString('latin1')));
    case 'tensor': {
      const { type, dims, storage } = attribute.value;
      if (storage.kind !== 'memory' && storage.kind !== 'file') return undefined;
      const bytes = readRaw(attribute.value);
      if (bytes.length > MAX_TENSOR_BYTES) return undefined;
      return `${type} ${dims} ${createHash('sha256').update(bytes).digest('hex')}`;
    }
    default:
      return undefined;
  }
}
