/**
 * A folder of images with one sub-folder per class, sorted by name: class 0 is the first. Images that
 * lie in the folder itself have no labels. Images are decoded when asked for.
 */
import { opendir } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { digestFile } from '../../base/digest.ts';
import { InputError } from '../../base/errors.ts';
import { resolveLfsPointer } from '../../base/lfs-pointer.ts';
import { type DataForm, Notes } from './data-form.ts';
import { decodeImage, planImageInput } from './image-input.ts';

/** What sharp's own build reads. */
const IMAGE_SUFFIXES = new Set([
  '.jpg',
  '.jpeg',
  '.png',
  '.webp',
  '.gif',
  '.tif',
  '.tiff',
  '.avif',
]);
/** ImageNet has 1.3 million training images; more does not fit in one folder scan (CWE-400). */
export const MAX_IMAGES = 5_000_000;

export const imageFolder: DataForm = {
  name: 'a folder of images, one sub-folder per class',
  suffixes: [],
  open: async ({ file: folder, shown }, { inputs, image, hashesContents }) => {
    const [input] = inputs;
    if (input === undefined || inputs.length !== 1) {
      throw new InputError(`${shown}: images feed one input, the model has ${inputs.length}`, {
        where: shown,
        hint: 'Use .npz with one array an input.',
      });
    }
    const plan = planImageInput(input, image);
    const notes = new Notes();
    const { images, classNames } = await listImages(folder, shown, notes);
    const contents = hashesContents ? await digestImages(folder, images) : [];
    const labels = images.map(({ label }) => label);
    return {
      length: images.length,
      notes,
      contents,
      ...(classNames === undefined
        ? {}
        : { classNames, label: (index: number) => labels[index] ?? 0 }),
      sample: async (index) => {
        const name = images[index]?.name ?? '';
        const file = await resolveLfsPointer(join(folder, name));
        return { [input.name]: await decodeImage(file, join(shown, name), plan) };
      },
      close: async () => {},
    };
  },
};

interface ImageEntry {
  readonly name: string;
  readonly label: number;
}

async function listImages(
  folder: string,
  shown: string,
  notes: Notes,
): Promise<{ images: ImageEntry[]; classNames?: string[] }> {
  const top = await listFolder(folder);
  const loose = top.files.filter(isImage);
  if (top.folders.length === 0) {
    noteSkipped(top.files, notes);
    if (loose.length === 0) {
      throw new InputError(`${shown} holds no images`, {
        where: shown,
        hint: `Images end in ${[...IMAGE_SUFFIXES].join(', ')}, in one sub-folder per class.`,
      });
    }
    notes.add('the images lie in no class folders: there are no labels');
    return { images: loose.map((name) => ({ name, label: -1 })) };
  }
  if (loose.length > 0) {
    throw new InputError(`${shown} holds images beside its class folders: ${loose[0]}`, {
      where: shown,
      hint: 'Put every image into the folder of its class.',
    });
  }
  const images: ImageEntry[] = [];
  for (const [label, className] of top.folders.entries()) {
    const { files } = await listFolder(join(folder, className));
    noteSkipped(files, notes);
    for (const name of files.filter(isImage)) images.push({ name: join(className, name), label });
    if (images.length > MAX_IMAGES)
      throw new InputError(`${shown} holds over ${MAX_IMAGES} images`);
  }
  return { images, classNames: top.folders };
}

/** Sorted by code units: the same class numbers on every machine and locale. */
async function listFolder(folder: string): Promise<{ files: string[]; folders: string[] }> {
  const files: string[] = [];
  const folders: string[] = [];
  for await (const entry of await opendir(folder)) {
    if (entry.name.startsWith('.')) continue;
    if (entry.isDirectory()) folders.push(entry.name);
    else if (entry.isFile()) files.push(entry.name);
  }
  return { files: files.sort(), folders: folders.sort() };
}

const isImage = (name: string): boolean => IMAGE_SUFFIXES.has(extname(name).toLowerCase());

function noteSkipped(files: readonly string[], notes: Notes): void {
  const other = files.find((name) => !isImage(name));
  if (other !== undefined) notes.add(`files that are no images are not used, e.g. ${other}`);
}

async function digestImages(folder: string, images: readonly ImageEntry[]): Promise<string[]> {
  const digests: string[] = [];
  for (const { name } of images) {
    const file = await resolveLfsPointer(join(folder, name));
    digests.push(`${name}\0${await digestFile(file)}`);
  }
  return digests;
}
