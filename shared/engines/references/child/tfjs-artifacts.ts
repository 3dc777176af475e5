/** A model.json with its weights, as TensorFlow.js takes it from a load handler. */
import type { Json } from '../../../formats/keras/layer.ts';
import { arrayAt, objectAt, textAt } from '../../../formats/tfjs/json.ts';
import { readModelJson } from '../../../formats/tfjs/model-json.ts';
import { ShardFiles } from '../../../formats/tfjs/shards.ts';

/** `ModelArtifacts` of tfjs-core/src/io/types.ts, as far as it is given here. */
export interface TfjsArtifacts {
  readonly modelTopology: Json;
  readonly format?: string;
  readonly signature?: Json;
  readonly userDefinedMetadata?: Json;
  readonly modelInitializer?: Json;
  readonly initializerSignature?: Json;
  readonly weightSpecs?: readonly Json[];
  readonly weightData?: ArrayBuffer;
}

const PASSED_ON = [
  'signature',
  'userDefinedMetadata',
  'modelInitializer',
  'initializerSignature',
] as const;

/** The bytes are decoded by TensorFlow.js itself: only the shards are put together. */
export function readArtifacts(path: string): TfjsArtifacts {
  const { json, folder } = readModelJson(path);
  const files = new ShardFiles(folder);
  try {
    const specs: Json[] = [];
    const parts: Uint8Array[] = [];
    for (const item of arrayAt(json.weightsManifest, 'weightsManifest')) {
      const group = objectAt(item, 'a group of weightsManifest');
      specs.push(...arrayAt(group.weights, 'weights'));
      const paths = arrayAt(group.paths, 'paths').map((one) => textAt(one, 'a path'));
      const source = files.open(paths);
      parts.push(source.read(0, source.size));
    }
    const { modelTopology = null } = json;
    return {
      modelTopology: typeof modelTopology === 'string' ? JSON.parse(modelTopology) : modelTopology,
      weightSpecs: specs,
      weightData: joined(parts),
      ...Object.fromEntries(
        PASSED_ON.flatMap((key) => (json[key] === undefined ? [] : [[key, json[key]]])),
      ),
    };
  } finally {
    files.close();
  }
}

function joined(parts: readonly Uint8Array[]): ArrayBuffer {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes.buffer;
}
