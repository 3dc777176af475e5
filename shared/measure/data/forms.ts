/** All forms of data. A new one is a file here and a line below. */
import { csv } from './csv.ts';
import type { DataForm } from './data-form.ts';
import { imageFolder } from './image-folder.ts';
import { jsonl } from './jsonl.ts';
import { npy } from './npy.ts';
import { npz } from './npz.ts';

export const DATA_FORMS: readonly DataForm[] = [npz, npy, imageFolder, jsonl, csv];
