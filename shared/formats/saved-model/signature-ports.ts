/** Inputs and outputs of a signature as those of the graph. */
import { UnsupportedError } from '../../base/errors.ts';
import type { ElementType } from '../../onnx/element-type.ts';
import { namedSizes } from '../tf/named-sizes.ts';
import type { Ports } from '../tf/proto/assemble-graph.ts';
import type { TfType } from '../tf/tf-graph.ts';
import type { Chosen } from './choose-signature.ts';
import type { TensorInfo } from './saved-model-proto.ts';

/** Named as the signature names them, `output_2` before `output_10`. @throws UnsupportedError for what is no tensor */
export function signaturePorts({ name, signature }: Chosen): Ports {
  const notes: string[] = [];
  const inputs = sorted(signature.inputs).map(([key, info]) => ({
    name: key,
    tensor: tensorOf(info, `the input "${key}" of the signature "${name}"`),
    type: elementType(info.type, `the input "${key}"`),
    shape: namedSizes(info.shape, key),
  }));
  const taken = new Set(inputs.map((input) => input.name));
  const outputs = sorted(signature.outputs).map(([key, info]) => {
    const free = freeName(key, taken);
    if (free !== key)
      notes.push(`The output "${key}" is named "${free}": an input has the same name.`);
    return { name: free, tensor: tensorOf(info, `the output "${key}" of the signature "${name}"`) };
  });
  return { inputs, outputs, notes };
}

const sorted = (side: ReadonlyMap<string, TensorInfo>): (readonly [string, TensorInfo])[] =>
  [...side].sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }));

/** ONNX has one space of names for inputs and outputs. */
function freeName(name: string, taken: Set<string>): string {
  let free = name;
  while (taken.has(free)) free = `${free}_output`;
  taken.add(free);
  return free;
}

function tensorOf({ tensor }: TensorInfo, what: string): string {
  if (tensor !== '') return tensor;
  throw new UnsupportedError(`${what} is a sparse or composite tensor, which ONNX does not have`, {
    hint: 'Export a signature over dense tensors.',
  });
}

function elementType(type: TfType, what: string): ElementType {
  if (type !== 'resource' && type !== 'variant' && type !== 'unknown') return type;
  throw new UnsupportedError(`${what} is no tensor: its type is ${type}`);
}
