/** A valid model of a few hundred bytes whose loop has no end that anybody lives to see. */
import { parseModel } from '../../shared/onnx/text/parse-model.ts';
import { encodeModel } from '../../shared/onnx/write-model.ts';

/** Turns of the loop: 2^62. */
const TURNS = 4611686018427387904n;

/** `batch`: of the input `x`; a name is a free dimension. */
export function endlessModel(batch: number | string = 1): Uint8Array {
  return encodeModel(
    parseModel(`
<ir_version: 8, opset_import: ["": 17]>
g (float[${batch},4] x) => (float[${batch},4] y) {
  turns = Constant <value_int: int = ${TURNS}> ()
  go = Constant <value = bool {1}> ()
  y = Loop (turns, go, x) <body = turn (int64 i, bool on, float[${batch},4] before) => (bool again, float[${batch},4] after) {
    again = Identity (on)
    after = Neg (before)
  }>
}`),
  );
}
