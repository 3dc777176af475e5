/** The version of the file format that an opset asks for. */

/** The first IR version whose release knew the opset, from 7 on. Source: onnx `helper.py`, VERSION_TABLE. */
const IR_OF_OPSET: readonly (readonly [opset: number, ir: number])[] = [
  [7, 3],
  [9, 4],
  [10, 5],
  [11, 6],
  [12, 7],
  [15, 8],
  [19, 9],
  [21, 10],
  [23, 11],
  [24, 12],
  [25, 13],
  [26, 13],
];

/** At least 4, from which on an initializer need not be an input. */
export function irVersionOf(opset: number): number {
  return Math.max(4, IR_OF_OPSET.findLast(([version]) => version <= opset)?.[1] ?? 4);
}
