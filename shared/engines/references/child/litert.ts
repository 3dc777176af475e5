/**
 * LiteRT, the runtime of TensorFlow Lite, as WebAssembly. It is made for browsers: what it asks of one is
 * given to it here.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { runInThisContext } from 'node:vm';
import { decodeFloat16 } from '../../../base/float16.ts';
import type { NamedTensors, Tensor } from '../../../base/tensor.ts';
import type { PortNames } from './protocol.ts';
import { feedsInOrder, matchNames, type Runner } from './runner.ts';
import { withFixedSizes } from './tflite-sizes.ts';

/** What is used of the library. */
interface LiteRt {
  loadLiteRt(path: string, options: object): Promise<unknown>;
  loadAndCompile(model: Uint8Array, options: { accelerator: string }): Promise<CompiledModel>;
  readonly Tensor: new (data: Float32Array | Int32Array, shape: number[]) => LiteRtTensor;
}

interface LiteRtTensor {
  toTypedArray(): Float32Array | Int32Array;
  readonly type: { readonly layout: { readonly dimensions: ArrayLike<number> } };
  delete(): void;
}

interface Details {
  readonly name: string;
  readonly dtype: string;
  readonly shape: ArrayLike<number>;
}

interface CompiledModel {
  getInputDetails(): readonly Details[];
  getOutputDetails(): readonly Details[];
  run(inputs: LiteRtTensor[]): Promise<LiteRtTensor[]>;
}

/** Loads the TFLite file at `path`; the package lies in `folder`. */
export async function openLiteRt(
  library: unknown,
  path: string,
  folder: string,
  ports: PortNames,
): Promise<Runner> {
  const litert = library as LiteRt;
  const wasm = join(folder, 'wasm');
  imitateBrowser(wasm);
  await litert.loadLiteRt(`${wasm}/`, {});
  const bytes = withFixedSizes(new Uint8Array(readFileSync(path)));
  const load = (): Promise<CompiledModel> => litert.loadAndCompile(bytes, { accelerator: 'wasm' });
  const first = await load();
  const inputs = first.getInputDetails();
  const outputs = first.getOutputDetails();
  const places = matchNames(ports.inputs, inputs.map(nameOf), 'inputs');
  const wanted = matchNames(ports.outputs, outputs.map(nameOf), 'outputs');
  let model: CompiledModel | undefined = first;
  const run = async (feeds: NamedTensors): Promise<NamedTensors> => {
    // A model with state keeps it from run to run: every run has a model of its own.
    const fresh = model ?? (await load());
    model = undefined;
    const given: LiteRtTensor[] = [];
    for (const [index, tensor] of feedsInOrder(feeds, ports.inputs).entries()) {
      const place = places[index] ?? index;
      const details = inputs[place];
      if (details) given[place] = toLiteRt(litert, tensor, details);
    }
    const results = await fresh.run(given);
    return named(ports.outputs, wanted, results, outputs);
  };
  return { run };
}

const nameOf = ({ name }: Details): string => name;

function toLiteRt(litert: LiteRt, { type, dims, data }: Tensor, details: Details): LiteRtTensor {
  const { name, shape, dtype } = details;
  const sizes = Array.from(shape);
  const fits =
    sizes.length === dims.length && sizes.every((size, i) => size < 0 || size === dims[i]);
  if (!fits)
    throw new Error(
      `LiteRT runs the input '${name}' with the shape [${sizes}] alone, not [${dims}]`,
    );
  if (dtype === 'int32') return new litert.Tensor(Int32Array.from(data, Number), [...dims]);
  const real =
    type === 'float16' ? decodeFloat16(data as Uint16Array) : Float32Array.from(data, Number);
  return new litert.Tensor(real, [...dims]);
}

function named(
  names: readonly string[],
  places: readonly number[],
  results: readonly LiteRtTensor[],
  details: readonly Details[],
): NamedTensors {
  const outputs: Record<string, Tensor> = {};
  for (const [index, name] of names.entries()) {
    const place = places[index] ?? index;
    const result = results[place];
    if (!result) throw new Error(`LiteRT gives no output '${name}'`);
    const data = result.toTypedArray().slice();
    const dims = Array.from(result.type.layout.dimensions ?? details[place]?.shape ?? []);
    outputs[name] = { type: data instanceof Int32Array ? 'int32' : 'float32', dims, data };
  }
  return outputs;
}

/** It loads its glue code by `importScripts`, and finds its global scope under `self`. */
function imitateBrowser(wasm: string): void {
  const require = createRequire(join(wasm, 'index.js'));
  const scope = globalThis as { self?: unknown; importScripts?: unknown };
  scope.self = globalThis;
  scope.importScripts = (url: string): void => {
    const file = join(wasm, basename(url));
    const code = readFileSync(file, 'utf8');
    const load: unknown = runInThisContext(
      `(function(exports,require,module,__filename,__dirname){${code}\n;globalThis.ModuleFactory=ModuleFactory;})`,
    );
    const module = { exports: {} };
    if (typeof load === 'function') load(module.exports, require, module, file, wasm);
  };
}
