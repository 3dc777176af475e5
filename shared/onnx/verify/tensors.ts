/** Stored tensors hold as many bytes as type and dims say, as far as that is known without reading them. */
import { ELEMENT_TYPES, rawByteLength } from '../element-type.ts';
import type { SparseTensor } from '../model.ts';
import type { StoredTensor } from '../stored-tensor.ts';
import { elementCount } from '../tensor-data.ts';
import type { CheckContext, ProblemList } from './problem.ts';
import { nodeLabel } from './scope.ts';

/** Rule `tensor-bytes`. */
export function checkTensors({ scopes, problems }: CheckContext): void {
  for (const { graph, nodes, suffix } of scopes) {
    if (graph) {
      for (const tensor of graph.initializers.values())
        checkTensor(tensor, `initializer '${tensor.name}'${suffix}`, problems);
      for (const sparse of graph.sparseInitializers)
        checkSparse(sparse, `sparse initializer '${sparse.values.name}'${suffix}`, problems);
    }
    nodes.forEach((node, index) => {
      for (const [name, attribute] of node.attributes) {
        const where = `attribute '${name}' of ${nodeLabel(node, index)}${suffix}`;
        if (attribute.type === 'tensor') checkTensor(attribute.value, where, problems);
        else if (attribute.type === 'sparse-tensor') checkSparse(attribute.value, where, problems);
        else if (attribute.type === 'tensors')
          for (const tensor of attribute.value) checkTensor(tensor, where, problems);
        else if (attribute.type === 'sparse-tensors')
          for (const sparse of attribute.value) checkSparse(sparse, where, problems);
      }
    });
  }
}

function checkTensor(tensor: StoredTensor, where: string, problems: ProblemList): void {
  const problem = wrongBytes(tensor);
  if (problem) problems.add('tensor-bytes', where, problem);
}

function wrongBytes(tensor: StoredTensor): string | undefined {
  const { storage, type, dims } = tensor;
  if (dims.some((dim) => !Number.isSafeInteger(dim) || dim < 0))
    return `its dims are [${dims.join(', ')}]`;
  const count = elementCount(tensor);
  if (storage.kind === 'strings' || type === 'string') {
    const held = storage.kind === 'strings' ? storage.values.length : 0;
    if (storage.kind === 'strings' && type !== 'string') return `it is ${type} and holds strings`;
    return held === count ? undefined : `it holds ${held} strings, its dims say ${count}`;
  }
  const expected = rawByteLength(type, count);
  const held = heldBytes(tensor);
  if (held === undefined || held === expected) return undefined;
  return `it holds ${held} bytes: ${type} [${dims.join(', ')}] needs ${expected}`;
}

/** Bytes in raw form; `undefined` where only reading would tell (varints). */
function heldBytes({ storage }: StoredTensor): number | undefined {
  switch (storage.kind) {
    case 'file':
      return storage.range.length;
    case 'memory':
      return storage.bytes.length;
    case 'computed':
      return storage.byteLength;
    case 'packed':
      if (storage.field !== 'float_data' && storage.field !== 'double_data') return undefined;
      return storage.ranges.reduce((sum, range) => sum + range.length, 0);
    case 'strings':
      return undefined;
  }
}

/** Source: SparseTensorProto: values [NNZ], indices [NNZ] or [NNZ, rank]. */
function checkSparse(sparse: SparseTensor, where: string, problems: ProblemList): void {
  const { values, indices, dims } = sparse;
  checkTensor(values, where, problems);
  checkTensor(indices, where, problems);
  const [count, ...rest] = values.dims;
  const isIndexed =
    indices.dims[0] === count &&
    (indices.dims.length === 1 || (indices.dims.length === 2 && indices.dims[1] === dims.length));
  if (
    rest.length > 0 ||
    count === undefined ||
    !isIndexed ||
    ELEMENT_TYPES[indices.type].code !== 7
  )
    problems.add(
      'tensor-bytes',
      where,
      `values [${values.dims.join(', ')}] and ${indices.type} indices [${indices.dims.join(', ')}] do not fit dims [${dims.join(', ')}]`,
    );
}
