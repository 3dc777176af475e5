/**
 * Models as text, for tests and for people: the syntax of onnx `docs/Syntax.md`, with a few more forms
 * for what it cannot say (quoted names, absent types, bytes).
 *
 *     <ir_version: 8, opset_import: ["": 17]>
 *     g (float[N,3] x) => (float[N,2] y)
 *     <float[3,2] w = {1.0, 0.0, 0.0, 1.0, 0.5, 0.5}>
 *     {
 *       t = MatMul (x, w)
 *       [act] y = LeakyRelu <alpha = 0.1> (t)
 *     }
 *
 * Left out: doc strings and metadata below the model, and unknown wire fields.
 */
export { parseModel } from './text/parse-model.ts';
export { type PrintOptions, printGraph, printModel, printNode } from './text/print-model.ts';
