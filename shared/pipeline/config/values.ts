/** What values of settings may be, for the configuration and the command line. */

/** Of ai.onnx that can be written. */
export const OPSETS = { least: 7, most: 26 };
/** More than any machine has cores; onnxruntime starts each of them. */
export const MAX_THREADS = 1024;

/** `a, b,c` → names. */
export function splitNames(text: string): string[] {
  return text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}
