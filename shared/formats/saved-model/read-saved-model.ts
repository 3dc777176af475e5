/** SavedModels: a graph with its functions, a signature that says what goes in and out, and a checkpoint. */
import { existsSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { InputError, UnsupportedError } from '../../base/errors.ts';
import { fileSource, type OpenFile } from '../../onnx/byte-source.ts';
import type { ReadOptions, ReadSource } from '../source-model.ts';
import { convertGraph } from '../tf/convert-graph.ts';
import { cutGraph } from '../tf/cut-graph.ts';
import { Budget } from '../tf/proto/budget.ts';
import { TfReader } from '../tf/proto/tf-reader.ts';
import { Checkpoint } from './checkpoint.ts';
import { chooseMetaGraph, chooseSignature, otherSignatures } from './choose-signature.ts';
import { freezeGraph } from './freeze-graph.ts';
import { refuseTraining } from './refuse-training.ts';
import { type MetaGraph, readMetaGraph, readMetaGraphHeads } from './saved-model-proto.ts';
import { signaturePorts } from './signature-ports.ts';
import { isVariable } from './variables.ts';

/** A folder with saved_model.pb, or that file. Weights stay in the data files of its checkpoint. */
export const readSavedModel: ReadSource = async (path, options) => {
  const folder = folderOf(path, options);
  const { open = fileSource } = options;
  const source = open(join(folder, 'saved_model.pb'));
  let checkpoint: Checkpoint | undefined;
  const close = (): void => {
    checkpoint?.[Symbol.dispose]();
    source.close();
  };
  try {
    const budget = new Budget(source.name, { keepsShapes: options.inputs !== undefined });
    const meta = readChosenGraph(new TfReader(source, budget), options);
    const chosen = chooseSignature(meta, options.signature, options.shown);
    refuseTraining(meta, chosen, options.shown);
    checkpoint = openCheckpoint(folder, meta, budget, open);
    const parts = { folder, meta, checkpoint, budget };
    const graph = cutGraph(freezeGraph(parts, signaturePorts(chosen)), options, options.shown);
    return {
      ...convertGraph(graph, { opset: options.opset, title: options.shown }),
      producer: meta.version === '' ? 'TensorFlow' : `TensorFlow ${meta.version}`,
      notes: [
        ...graph.notes,
        ...(options.signature === undefined ? otherSignatures(meta, chosen) : []),
      ],
      [Symbol.dispose]: close,
    };
  } catch (error) {
    close();
    throw error;
  }
};

function folderOf(path: string, { shown }: ReadOptions): string {
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  const folder = isFolder ? path : dirname(path);
  const isText = isFolder
    ? !existsSync(join(folder, 'saved_model.pb')) && existsSync(join(folder, 'saved_model.pbtxt'))
    : basename(path) === 'saved_model.pbtxt';
  if (isText)
    throw new UnsupportedError(`${shown} holds its graph as text (saved_model.pbtxt)`, {
      hint: `Make the binary form of it: python -c "from google.protobuf import text_format; from tensorflow.core.protobuf.saved_model_pb2 import SavedModel; open('saved_model.pb', 'wb').write(text_format.Parse(open('saved_model.pbtxt').read(), SavedModel()).SerializeToString())"`,
    });
  if (isFolder && existsSync(join(folder, 'saved_model.cpb')))
    throw new UnsupportedError(`${shown} holds its graph in chunks (saved_model.cpb)`, {
      hint: 'Save it without experimental_image_format.',
    });
  if (!existsSync(join(folder, 'saved_model.pb')))
    throw new InputError(`${shown} has no saved_model.pb`, {
      hint: 'Give the folder of a SavedModel, or the saved_model.pb in it.',
    });
  return folder;
}

function readChosenGraph(reader: TfReader, { shown }: ReadOptions): MetaGraph {
  return readMetaGraph(chooseMetaGraph(readMetaGraphHeads(reader), shown), reader);
}

/** Models without variables have no checkpoint. @throws InputError where one has some and they were left behind */
function openCheckpoint(
  folder: string,
  { graph, restoreNode }: MetaGraph,
  budget: Budget,
  open: OpenFile,
): Checkpoint | undefined {
  const prefix = join(folder, 'variables', 'variables');
  if (existsSync(`${prefix}.index`)) return new Checkpoint(prefix, budget, open);
  if (restoreNode === '' || ![...graph.nodes.values()].some(isVariable)) return undefined;
  throw new InputError('it has variables, and no variables/variables.index with their values', {
    hint: 'Copy the whole folder of the model: a SavedModel is more than its saved_model.pb.',
  });
}
