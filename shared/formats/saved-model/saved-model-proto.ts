/** SavedModel and MetaGraphDef. Source: tensorflow/core/protobuf/{saved_model,meta_graph,saver}.proto. */
import type { ByteRange } from '../../onnx/stored-tensor.ts';
import type { Shape } from '../build/dims.ts';
import { typeOfNumber } from '../tf/data-type.ts';
import { type RawGraph, readGraph } from '../tf/proto/graph.ts';
import { readShape } from '../tf/proto/shape.ts';
import { TfReader } from '../tf/proto/tf-reader.ts';
import type { TfType } from '../tf/tf-graph.ts';

/** One graph of a SavedModel, before it is read. */
export interface MetaGraphHead {
  readonly tags: readonly string[];
  readonly range: ByteRange;
}

export interface MetaGraph {
  readonly tags: readonly string[];
  /** "2.21.0"; empty when it does not say. */
  readonly version: string;
  readonly graph: RawGraph;
  /** The node that restores all variables; empty without one. */
  readonly restoreNode: string;
  /** Nodes that set up tables and the like before the first use. */
  readonly mainNodes: readonly string[];
  readonly signatures: ReadonlyMap<string, Signature>;
  /** Names of files in `assets` by the tensors that stand for their paths. */
  readonly assets: ReadonlyMap<string, string>;
}

export interface Signature {
  readonly inputs: ReadonlyMap<string, TensorInfo>;
  readonly outputs: ReadonlyMap<string, TensorInfo>;
}

export interface TensorInfo {
  /** `node:0`; empty for sparse and composite tensors. */
  readonly tensor: string;
  readonly type: TfType;
  readonly shape: Shape | null;
}

/** Collections of TensorFlow 1 that name what has to run first. */
const MAIN_COLLECTIONS = new Set(['saved_model_main_op', 'legacy_init_op']);

/** All graphs of the file, by their tags. */
export function readMetaGraphHeads(reader: TfReader): MetaGraphHead[] {
  const heads: MetaGraphHead[] = [];
  while (reader.next()) {
    if (reader.field === 2) {
      reader.charge(300);
      heads.push(
        reader.message(() => {
          const range = reader.contents;
          const tags = readTags(reader);
          reader.leave();
          return { range, tags };
        }),
      );
    } else reader.skip();
  }
  return heads;
}

function readTags(reader: TfReader): string[] {
  while (reader.next()) {
    if (reader.field === 1) return reader.message(() => readInfo(reader)).tags;
    reader.skip();
  }
  return [];
}

/** One graph with all that belongs to it. */
export function readMetaGraph({ range }: MetaGraphHead, reader: TfReader): MetaGraph {
  return readMeta(TfReader.at(range, reader.budget));
}

function readMeta(reader: TfReader): MetaGraph {
  let info = { tags: [] as string[], version: '' };
  let graph: RawGraph | undefined;
  let restoreNode = '';
  const mainNodes: string[] = [];
  const signatures = new Map<string, Signature>();
  const assets = new Map<string, string>();
  while (reader.next()) {
    switch (reader.field) {
      case 1:
        info = reader.message(() => readInfo(reader));
        break;
      case 2:
        graph = reader.message(() => readGraph(reader));
        break;
      case 3:
        restoreNode = reader.message(() => readTextField(reader, 3));
        break;
      case 4:
        mainNodes.push(...readMainCollection(reader));
        break;
      case 5: {
        const [name, signature] = reader.mapEntry(() =>
          reader.message(() => readSignature(reader)),
        );
        if (signature) signatures.set(name, signature);
        break;
      }
      case 6: {
        const [tensor, file] = reader.message(() => readAsset(reader));
        assets.set(tensor, file);
        break;
      }
      default:
        reader.skip();
    }
  }
  if (!graph) throw reader.error('it holds no graph');
  return { ...info, graph, restoreNode, mainNodes, signatures, assets };
}

/** The current MetaInfoDef. */
function readInfo(reader: TfReader): { tags: string[]; version: string } {
  const tags: string[] = [];
  let version = '';
  while (reader.next()) {
    if (reader.field === 4) tags.push(reader.string());
    else if (reader.field === 5) version = reader.string();
    else reader.skip();
  }
  return { tags, version };
}

/** A text of the current message, by the number of its field. */
function readTextField(reader: TfReader, field: number): string {
  let text = '';
  while (reader.next()) {
    if (reader.field === field) text = reader.string();
    else reader.skip();
  }
  return text;
}

/** The node list of the current entry of `collection_def`, when it is one of those that matter. */
function readMainCollection(reader: TfReader): string[] {
  const nodes: string[] = [];
  reader.mapEntry((key) => {
    if (!MAIN_COLLECTIONS.has(key)) return reader.skip();
    reader.message(() => {
      while (reader.next()) {
        if (reader.field === 1) nodes.push(reader.message(() => readTextField(reader, 1)));
        else reader.skip();
      }
    });
  });
  return nodes.filter((name) => name !== '');
}

/** The current SignatureDef. */
function readSignature(reader: TfReader): Signature {
  const inputs = new Map<string, TensorInfo>();
  const outputs = new Map<string, TensorInfo>();
  reader.charge(300);
  while (reader.next()) {
    if (reader.field === 1 || reader.field === 2) {
      const side = reader.field === 1 ? inputs : outputs;
      const [name, info] = reader.mapEntry(() => reader.message(() => readTensorInfo(reader)));
      if (info) side.set(name, info);
    } else reader.skip();
  }
  return { inputs, outputs };
}

/** The current TensorInfo. */
function readTensorInfo(reader: TfReader): TensorInfo {
  let tensor = '';
  let type: TfType = 'unknown';
  let shape: Shape | null = null;
  reader.charge(150);
  while (reader.next()) {
    if (reader.field === 1) tensor = reader.string();
    else if (reader.field === 2) type = typeOfNumber(reader.integer());
    else if (reader.field === 3) shape = reader.message(() => readShape(reader));
    else reader.skip();
  }
  return { tensor, type, shape };
}

/** The current AssetFileDef. */
function readAsset(reader: TfReader): readonly [string, string] {
  let tensor = '';
  let file = '';
  reader.charge(150);
  while (reader.next()) {
    if (reader.field === 1) tensor = reader.message(() => readTensorInfo(reader)).tensor;
    else if (reader.field === 2) file = reader.string();
    else reader.skip();
  }
  return [tensor, file];
}
