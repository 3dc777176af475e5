/** What the tests of all adapters share. */
import { UnsupportedError } from '../../../shared/base/errors.ts';
import { parseModel } from '../../../shared/onnx/text.ts';
import { raiseOpset } from '../../../shared/passes/raise-opset.ts';
import type { Transform } from '../_harness.ts';

/** The transform of golden cases: `# to: 17` in the comment. */
export const raise: Transform = (model, { to = '' }) => ({
  model: raiseOpset(model, Number(to)),
  refusals: [],
});

/** The message with which these nodes are refused; they read `x` [1, 2, 4, 4], `s` [4], `p` [2] and `w` of no known type. */
export function refusalOf(nodes: string, from: number, to: number): string {
  const model = parseModel(
    `<ir_version: 5, opset_import: ["": ${from}]> g (float[1,2,4,4] x, float[4] s, float[2] p, w) => (y) {${nodes}}`,
  );
  try {
    raiseOpset(model, to);
  } catch (error) {
    if (error instanceof UnsupportedError) return error.message;
    throw error;
  }
  return '';
}
