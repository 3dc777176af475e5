/** Types of real models without their weights, against what onnxruntime says of the whole, and against a run. */
import { afterAll, describe, expect, it } from 'vitest';
import type { NamedTensors, Tensor } from '../../shared/base/tensor.ts';
import { allGraphs } from '../../shared/onnx/graph-walk.ts';
import type { Model, ValueType } from '../../shared/onnx/model.ts';
import { openModel } from '../../shared/onnx/read-model.ts';
import { inferTypes, type TypeTable } from '../../shared/runtime/infer-types.ts';
import { openSession } from '../../shared/runtime/session.ts';
import { closeSharedProcess } from '../../shared/runtime/shared-process.ts';
import { REAL } from './_models.ts';

afterAll(closeSharedProcess);

const float = (...dims: number[]): Tensor => ({
  type: 'float32',
  dims,
  data: new Float32Array(dims.reduce((product, dim) => product * dim, 1)).fill(0.1),
});
const rate: Tensor = { type: 'int64', dims: [], data: new BigInt64Array([16000n]) };

/** Sizes of free dimensions differ from one another, so that a mix-up shows. */
const FEEDS: Record<keyof typeof REAL, NamedTensors> = {
  rec: { x: float(2, 3, 48, 160) },
  det: { x: float(1, 3, 64, 96) },
  sileroLegacy: { input: float(3, 512), sr: rate, h: float(2, 3, 64), c: float(2, 3, 64) },
  sileroV5: { input: float(3, 512), sr: rate, state: float(2, 3, 128) },
  blazeFront: { 'input:0': float(1, 128, 128, 3) },
  blazeBack: { 'input:0': float(1, 256, 256, 3) },
};

/** The model with every value of its main graph as an output. */
function withAllOutputs(whole: Model): Model {
  const names = whole.graph.nodes.flatMap(({ outputs }) => outputs.filter((name) => name !== ''));
  return {
    ...whole,
    graph: { ...whole.graph, outputs: names.map((name) => ({ name, type: null })) },
  };
}

/** Values of all graphs without a type. */
function unknownValues(whole: Model, table: TypeTable): string[] {
  return [...allGraphs(whole.graph)].flatMap(({ graph: one }) =>
    one.nodes.flatMap(({ outputs }) =>
      outputs.filter((name) => name !== '' && !table.get(one, name)),
    ),
  );
}

/** Whether a tensor is of the type; names stand for one size each. */
function fits(type: ValueType | undefined, tensor: Tensor, sizes: Map<string, number>): boolean {
  if (type?.kind !== 'tensor' || type.elementType !== tensor.type) return false;
  if (type.shape?.length !== tensor.dims.length) return false;
  return type.shape.every((dim, axis) => {
    const size = tensor.dims[axis] ?? -1;
    if (typeof dim !== 'string') return dim === null || dim === size;
    const known = sizes.get(dim) ?? size;
    sizes.set(dim, known);
    return known === size;
  });
}

describe.each(Object.entries(REAL) as [keyof typeof REAL, string][])('%s', (name, path) => {
  it('every value has a type, as onnxruntime infers it on the whole model and as it comes', async () => {
    using opened = openModel(path);
    const { graph: main } = opened.model;
    const table = await inferTypes(opened.model);
    expect(unknownValues(opened.model, table)).toEqual([]);

    await using session = await openSession(withAllOutputs(opened.model), {
      optimization: 'disabled',
    });
    const misfits = session.outputs.filter(({ name: value, type: whole }) => {
      const found = table.get(main, value);
      if (found?.kind !== 'tensor' || whole?.kind !== 'tensor') return true;
      if (found.elementType !== whole.elementType) return true;
      // [] is also an unknown rank to onnxruntime-node; unknown dims the table may know. The run decides.
      return whole.shape?.some((dim, axis) => dim !== null && dim !== found.shape?.[axis]);
    });
    expect(misfits).toEqual([]);

    const values = await session.run(FEEDS[name]);
    const sizes = new Map<string, number>();
    const wrong = Object.entries(values)
      .filter(([value, tensor]) => !fits(table.get(main, value), tensor, sizes))
      .map(([value, { type, dims }]) => ({ value, type, dims, found: table.get(main, value) }));
    expect(wrong).toEqual([]);
  });
});
