/** The rules that a model breaks, each with the place. */
import type { Graph, Model } from '../../../shared/onnx/model.ts';
import { verifyModel } from '../../../shared/onnx/verify.ts';
import { model } from '../_build.ts';

export const broken = (graph: Graph, parts: Partial<Model> = {}): string[] =>
  verifyModel(model(graph, parts)).map(({ rule, where }) => `${rule}: ${where}`);
