/** How many nodes others leave of the dev assets: a bar that needs no Python. Their results do not vary. */
import { allNodes } from '../shared/onnx/graph-walk.ts';
import type { Model } from '../shared/onnx/model.ts';

/** With onnx 1.23.2, by peers/simplify.py. */
export const KNOWN_TOOLS = { onnxslim: '0.1.98', onnxsim: '0.8.1' } as const;
export type KnownTool = keyof typeof KNOWN_TOOLS;

/** By the name of the model in `DEV_MODELS`, counted by {@link countNodes}. */
export const KNOWN_NODES: Readonly<Record<string, Readonly<Record<KnownTool, number>>>> = {
  'PP-OCRv4 det': { onnxslim: 326, onnxsim: 297 },
  'PP-OCRv4 rec': { onnxslim: 393, onnxsim: 377 },
  'silero legacy': { onnxslim: 164, onnxsim: 248 },
  'silero v5': { onnxslim: 152, onnxsim: 332 },
  'BlazeFace back': { onnxslim: 147, onnxsim: 147 },
  'BlazeFace front': { onnxslim: 93, onnxsim: 93 },
  'basic-pitch': { onnxslim: 241, onnxsim: 180 },
  'Fashion-MNIST': { onnxslim: 17, onnxsim: 17 },
};

/** Bodies included. Constant nodes are not counted: onnxsim leaves them in, and no runtime runs them. */
export function countNodes(model: Model): number {
  let count = 0;
  for (const { opType } of allNodes(model)) if (opType !== 'Constant') count++;
  return count;
}
