/** Writes the WebAssembly of the int4 kernel as a module of the library: `node scripts/write-int4-wasm.ts`. */
import { readFileSync, writeFileSync } from 'node:fs';
import wabt from 'wabt';

const FOLDER = new URL('../shared/compress/quantize/weights/kernels/', import.meta.url);

/** The module's text; the same source gives the same bytes. */
export async function int4WasmModule(): Promise<string> {
  const { parseWat } = await wabt();
  const source = readFileSync(new URL('int4-blocks.wat', FOLDER), 'utf8');
  const module = parseWat('int4-blocks.wat', source, { simd: true });
  const { buffer } = module.toBinary({});
  module.destroy();
  const base64 = Buffer.from(buffer).toString('base64');
  const lines = base64.match(/.{1,90}/g) ?? [];
  return `/** int4-blocks.wat, made by scripts/write-int4-wasm.ts. Do not edit. */
export const INT4_WASM =
${lines.map((line) => `  '${line}'`).join(' +\n')};
`;
}

if (import.meta.main) writeFileSync(new URL('int4-blocks-wasm.ts', FOLDER), await int4WasmModule());
