/** Every format that Fettle knows by its bytes, in the order in which they are asked. */
import type { FormatEntry } from './format.ts';
import type { Outline } from './protobuf-outline.ts';
import type { FileSpecimen } from './specimen.ts';

/** Fields of onnx.ModelProto by wire type: 0 for numbers, 2 for all else. */
const ONNX_FIELDS = new Map([
  [1, 0],
  [2, 2],
  [3, 2],
  [4, 2],
  [5, 0],
  [6, 2],
  [7, 2],
  [8, 2],
  [14, 2],
  [20, 2],
  [25, 2],
  [26, 2],
]);

export const FORMATS: readonly FormatEntry[] = [
  {
    name: 'ort',
    title: 'a model in ORT format',
    matches: { file: ({ text }) => text.slice(4, 8) === 'ORTM' },
    refusal: {
      reason: 'ORT format is written for one runtime and cannot be turned back',
      advice: 'Give the ONNX model that it was made from.',
    },
  },
  {
    name: 'tflite',
    title: 'a TensorFlow Lite model',
    matches: { file: ({ text }) => text.slice(4, 8) === 'TFL3' },
    reader: async () => (await import('./tflite/read-tflite.ts')).readTflite,
  },
  {
    name: 'gguf',
    title: 'a GGUF file',
    matches: { file: ({ text }) => text.startsWith('GGUF') },
    refusal: {
      reason: 'it holds quantized weights for llama.cpp and no graph',
      convert: () =>
        'optimum-cli export onnx --model ORIGINAL_CHECKPOINT onnx/   (from the checkpoint that it was made from)',
    },
  },
  {
    name: 'h5',
    title: 'a Keras model in HDF5',
    // The signature may also stand behind a user block of 512, 1024, … bytes.
    matches: {
      file: ({ text }) =>
        [0, 512, 1024, 2048].some((at) => text.startsWith('\x89HDF\r\n\x1a\n', at)),
    },
    reader: async () => (await import('./keras/read-h5.ts')).readH5,
    files: async (path, open) => (await import('./keras/read-h5.ts')).h5Files(path, open),
  },
  {
    name: 'keras',
    title: 'a Keras model',
    matches: {
      zip: (names) =>
        names.includes('config.json') &&
        names.some((name) => name.endsWith('.weights.h5') || name === 'metadata.json'),
    },
    reader: async () => (await import('./keras/read-keras.ts')).readKeras,
  },
  {
    name: 'pt2',
    title: 'a PyTorch exported program (.pt2)',
    matches: {
      zip: (names) =>
        names.some((name) =>
          /(^|\/)(archive_format|serialized_exported_program\.json|models\/[^/]+\.json)$/.test(
            name,
          ),
        ),
    },
    refusal: {
      reason: 'Fettle has no reader for it',
      convert: (path) =>
        `python -c "import torch; torch.onnx.export(torch.export.load('${path}'), (), 'model.onnx', dynamo=True)"`,
    },
  },
  {
    name: 'torchscript',
    title: 'a TorchScript model',
    matches: { zip: (names) => names.some((name) => /(^|\/)constants\.pkl$/.test(name)) },
    refusal: {
      reason: 'it holds Python code, which Fettle never runs',
      convert: (path) =>
        `python -c "import torch; m = torch.jit.load('${path}').eval(); torch.onnx.export(m, (torch.zeros(1, 3, 224, 224),), 'model.onnx', dynamo=False)"   (with your input's shape)`,
    },
  },
  {
    name: 'torch',
    title: 'a PyTorch checkpoint',
    matches: {
      zip: (names) => names.some((name) => /(^|\/)data\.pkl$/.test(name)),
      // A bare pickle, protocol 2 to 5: torch.save before 1.6, and what else Python dumps.
      file: ({ head }) =>
        head[0] === 0x80 && (head[1] ?? 0) >= 2 && (head[1] ?? 0) <= 5 && (head[2] ?? 0) > 0x20,
    },
    refusal: {
      reason: 'it holds weights and pickled Python, which Fettle never runs, and no graph',
      convert: () =>
        `in Python, with your model class: torch.onnx.export(model.eval(), (example_input,), 'model.onnx', dynamo=True)`,
    },
  },
  {
    name: 'safetensors',
    title: 'a safetensors file',
    matches: { file: isSafetensors },
    refusal: {
      reason: 'it holds weights and no graph',
      convert: () =>
        'optimum-cli export onnx --model FOLDER_OF_THE_MODEL onnx/   (or torch.onnx.export with your model class)',
    },
  },
  {
    name: 'tfjs',
    title: 'a TensorFlow.js model',
    matches: {
      file: ({ text, tail }) => {
        if (!/^\s*\{/.test(text)) return false;
        const parts = text + tail;
        return (
          /"(modelTopology|weightsManifest)"\s*:/.test(parts) ||
          /"format"\s*:\s*"(graph|layers)-model"/.test(parts)
        );
      },
      folder: ({ entries }) => entries.includes('model.json'),
    },
    reader: async () => (await import('./tfjs/read-tfjs.ts')).readTfjs,
    files: async (path, open) => (await import('./tfjs/read-tfjs.ts')).tfjsFiles(path, open),
  },
  {
    name: 'saved-model',
    title: 'a TensorFlow SavedModel',
    matches: {
      folder: ({ entries }) =>
        entries.includes('saved_model.pb') || entries.includes('saved_model.pbtxt'),
      protobuf: ({ fields }, { name }) =>
        name === 'saved_model.pb' &&
        fields[0]?.number === 1 &&
        fields[0].wire === 0 &&
        fields[1]?.number === 2,
    },
    reader: async () => (await import('./saved-model/read-saved-model.ts')).readSavedModel,
    files: async (path) =>
      (await import('./saved-model/saved-model-files.ts')).savedModelFiles(path),
  },
  {
    name: 'onnx',
    title: 'an ONNX model',
    matches: { protobuf: isOnnx },
    reader: async () => (await import('./onnx/read-onnx.ts')).readOnnx,
    files: async (path, open) => (await import('./onnx/read-onnx.ts')).onnxFiles(path, open),
  },
  {
    name: 'frozen-graph',
    title: 'a frozen TensorFlow graph',
    matches: { protobuf: isGraphDef },
    reader: async () => (await import('./frozen-graph/read-frozen-graph.ts')).readFrozenGraph,
  },
];

/** Little-endian length of the JSON header, then the header. Source: huggingface/safetensors README. */
function isSafetensors({ head, text, size }: FileSpecimen): boolean {
  if (size < 10 || text[8] !== '{') return false;
  const length = Number(Buffer.from(head.subarray(0, 8)).readBigUInt64LE());
  return length >= 2 && length <= size - 8 && /^\{\s*("|\})/.test(text.slice(8));
}

/** A graph; or, named .onnx, at least the version: a model that was cut off is the reader's to explain. */
function isOnnx({ fields, end }: Outline, { name }: FileSpecimen): boolean {
  const legal = fields.every(({ number, wire }) => (ONNX_FIELDS.get(number) ?? wire) === wire);
  if (!legal || end === 'broken') return false;
  if (fields.some(({ number }) => number === 7)) return true;
  return /\.onnx$/i.test(name) && fields[0]?.number === 1 && fields[0].wire === 0;
}

/** Source: tensorflow/core/framework/graph.proto: node = 1, library = 2, version = 3, versions = 4, debug_info = 5. */
function isGraphDef({ fields, end }: Outline, { head }: FileSpecimen): boolean {
  const first = fields[0];
  if (end !== 'complete' || first?.number !== 1 || first.wire !== 2) return false;
  // A NodeDef begins with its name, field 1.
  if (head[first.offset] !== 0x0a) return false;
  return fields.every(
    ({ number, wire }) => number >= 1 && number <= 5 && wire === (number === 3 ? 0 : 2),
  );
}
