import { expect, test } from 'vitest';
import { DefectError } from '../../../../shared/base/errors.ts';
import {
  addRoundedWeights,
  codesOf,
  findRoundedWeights,
} from '../../../../shared/compress/quantize/qat/rounded-weights.ts';
import { editModel } from '../../../../shared/onnx/edit-model.ts';
import { GraphEditor } from '../../../../shared/onnx/graph-editor.ts';
import { makeNode } from '../../../../shared/onnx/make-node.ts';
import type { Model } from '../../../../shared/onnx/model.ts';
import { floatValues } from '../../../../shared/onnx/tensor-data.ts';
import { verifyModel } from '../../../../shared/onnx/verify.ts';
import { firstOutput, float32, modelOf, weight } from '../_numeric.ts';
import { changed } from '../int8/_network.ts';

const CODES = { low: -8, high: 7 };
const W = weight('w', [8, 3]);
const SCALES = Float32Array.from({ length: 8 }, (_, row) => 0.05 + 0.07 * row);

/** A model that gives its rounded weights. */
function rounding(axis: 0 | 1): Model {
  const plain = modelOf(
    [makeNode('Identity', ['w'], ['y'])],
    [float32('x', [1])],
    [float32('y', [8, 3])],
    [W],
  );
  return editModel(plain, (graph) => {
    const node = graph.producer('y');
    if (!node) throw new Error('no node gives y');
    const scales = axis === 0 ? SCALES : SCALES.subarray(0, 3);
    addRoundedWeights(graph, node, 'w', W.dims, { codes: CODES, scales, axis }, 'w_rounded');
    graph.update(node, { inputs: ['w_rounded'] });
  }).model;
}

const editor = ({ graph, irVersion }: Model) => new GraphEditor(graph, { irVersion });
const feeds = { x: { type: 'float32', dims: [1], data: Float32Array.of(0) } } as const;

test('the graph gives what the codes stand for, with trained factors too', async () => {
  const model = changed(rounding(0), {
    // The last is out of bounds: it counts as 4.
    w_rounded_factor: (_, row) => [1, 0.9, 1.3, 0.5, 0.3, 1, 1, 9][row] ?? 1,
  });
  expect(verifyModel(model)).toEqual([]);
  const found = findRoundedWeights(editor(model), 'w_rounded');
  expect(found).toMatchObject({ weight: 'w', factor: 'w_rounded_factor', codes: CODES });
  expect(found.scales[2]).toBe(Math.fround(Math.fround(SCALES[2] ?? 0) * Math.fround(1.3)));
  expect(found.scales[7]).toBe((SCALES[7] ?? 0) * 4);
  const codes = codesOf(floatValues(W), found.scales, CODES);
  expect(new Set(codes).size).toBeGreaterThan(6);
  expect(Math.min(...codes)).toBe(-8);
  const wanted = Float32Array.from(
    codes,
    (code, at) => code * (found.scales[Math.floor(at / 3)] ?? 0),
  );
  expect(await firstOutput(model, feeds)).toEqual(wanted);
});

test('scales of the last axis', async () => {
  const y = await firstOutput(rounding(1), feeds);
  const step = SCALES[1] ?? 1;
  const units = [...y].filter((_, at) => at % 3 === 1).map((value) => value / step);
  for (const unit of units) expect(Math.abs(unit - Math.round(unit))).toBeLessThan(1e-5);
});

test('what is not there is a defect', () => {
  expect(() => findRoundedWeights(editor(rounding(0)), 'y')).toThrow(DefectError);
  expect(() => findRoundedWeights(editor(rounding(0)), 'y')).toThrow("no Mul where 'y'");
});
