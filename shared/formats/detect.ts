/** What a path holds, by its bytes: the suffix is only believed where bytes cannot tell. */
import { InputError, UnsupportedError } from '../base/errors.ts';
import { fileSource, type OpenFile } from '../onnx/byte-source.ts';
import type { FormatEntry, FormatName } from './format.ts';
import { FORMATS } from './format-list.ts';
import { type Outline, outlineOf } from './protobuf-outline.ts';
import { type FileSpecimen, type FolderSpecimen, takeSpecimen } from './specimen.ts';
import { zipNames } from './zip-names.ts';

const READ = 'Keras, SavedModel, frozen graphs, TensorFlow.js, TensorFlow Lite and ONNX';

export interface Detected {
  readonly format: FormatName;
  /** With its article: "a Keras model". */
  readonly title: string;
  readonly path: string;
  /** Whether there is a reader for it. */
  readonly isReadable: boolean;
}

/**
 * The format at `path`. Throws {@link InputError} for a missing, empty or unknown file and for a Git
 * LFS pointer. Formats that are known but cannot be read are given back too: see {@link detectEntry}.
 */
export async function detect(path: string): Promise<Detected> {
  const { name, title, reader } = await entryAt(path);
  return { format: name, title, path, isReadable: reader !== undefined };
}

/** An entry of the list whose reader is there. */
export type ReadableEntry = FormatEntry & Required<Pick<FormatEntry, 'reader'>>;

/**
 * Like {@link detect}, but throws {@link UnsupportedError} with the line to run for a format that is not
 * read. `shown` stands for the path in messages.
 */
export async function detectEntry(
  path: string,
  shown = path,
  open: OpenFile = fileSource,
): Promise<ReadableEntry> {
  const entry = await entryAt(path, shown, open);
  const { reader, refusal, title } = entry;
  if (reader) return { ...entry, reader };
  throw new UnsupportedError(`${shown} is ${title}: ${refusal?.reason ?? 'it is not read'}`, {
    hint:
      refusal && 'convert' in refusal
        ? `Convert it to ONNX first: ${refusal.convert(shown)}`
        : (refusal?.advice ?? 'Convert it to ONNX first.'),
  });
}

async function entryAt(
  path: string,
  shown = path,
  open: OpenFile = fileSource,
): Promise<FormatEntry> {
  const specimen = { ...takeSpecimen(path, open), path: shown };
  if (specimen.kind === 'folder') return folderEntry(specimen);
  refuseNonModels(specimen);
  const { text } = specimen;
  const names = text.startsWith('PK\x03\x04') ? await zipNames(path, open) : undefined;
  let outline: Outline | undefined;
  for (const entry of FORMATS) {
    const { file, zip, protobuf } = entry.matches;
    if (file?.(specimen)) return entry;
    if (names && zip?.(names)) return entry;
    if (!names && protobuf) {
      outline ??= outlineAt(path, open);
      if (protobuf(outline, specimen)) return entry;
    }
  }
  throw unknownFile(specimen, names);
}

function outlineAt(path: string, open: OpenFile): Outline {
  const source = open(path);
  try {
    return outlineOf(source);
  } finally {
    source.close();
  }
}

function folderEntry(folder: FolderSpecimen): FormatEntry {
  const entry = FORMATS.find(({ matches }) => matches.folder?.(folder));
  if (entry) return entry;
  const models = folder.entries.filter((name) =>
    /\.(onnx|keras|h5|tflite|pt2?|safetensors)$/i.test(name),
  );
  if (models.length > 0)
    throw new InputError(`${folder.path} is a folder of files, not a model`, {
      hint: `Give one of the files in it: ${models.slice(0, 5).join(', ')}${models.length > 5 ? ', …' : ''}.`,
    });
  if (folder.entries.some((name) => name.endsWith('.index') || name === 'checkpoint'))
    throw new InputError(`${folder.path} is a checkpoint: it holds weights, and not the model`, {
      hint: 'Load it in TensorFlow and export the model: model.export(FOLDER), or tf.saved_model.save.',
    });
  throw new InputError(`${folder.path} is a folder without a model that Fettle knows`, {
    hint: 'A model folder holds saved_model.pb or model.json.',
  });
}

function refuseNonModels({ path, size, text }: FileSpecimen): void {
  if (size === 0) {
    throw new InputError(`${path} is empty`, { hint: 'Export or copy the model again.' });
  }
  if (text.startsWith('version https://git-lfs.github.com/spec/')) {
    throw new InputError(`${path} is a Git LFS pointer, not the model itself`, {
      hint: `Fetch the model first: git lfs pull --include "${path}"`,
    });
  }
}

function unknownFile(
  { path, text, size }: FileSpecimen,
  names: readonly string[] | undefined,
): InputError {
  if (names?.some((name) => name.endsWith('.npy')) || text.startsWith('\x93NUMPY')) {
    return new InputError(`${path} holds NumPy arrays, not a model`, {
      hint: `Give it as data: fettle optimize MODEL --data ${path}`,
    });
  }
  if (names) {
    const inside = names.slice(0, 3).join(', ');
    return new InputError(
      `${path} is a zip archive without a model that Fettle knows (it holds ${inside || 'nothing'})`,
      {
        hint: 'Unpack it and give the model inside.',
      },
    );
  }
  if (text.startsWith('\x1f\x8b') || text.startsWith('\xfd7zXZ')) {
    return new InputError(`${path} is a compressed archive`, {
      hint: 'Unpack it and give the model inside.',
    });
  }
  return new InputError(`${path} is not a model that Fettle knows (${size} bytes)`, {
    hint: `It takes ${READ}; if this should be one of them, it is damaged: export or copy it again.`,
  });
}
