/** A form of data: how a file or folder of one kind becomes samples. One file and one line in `forms.ts` each. */

import type { NamedTensors } from '../../base/tensor.ts';
import type { OpenFile } from '../../onnx/byte-source.ts';
import type { ValueInfo } from '../../onnx/model.ts';
import type { GoldenOutputs, Label } from './data-set.ts';
import type { InputSignature } from './input-signature.ts';
import type { ImageInput } from './spec.ts';

export interface DataForm {
  /** As the documentation calls it. */
  readonly name: string;
  /** Lower-case suffixes; empty for folders. */
  readonly suffixes: readonly string[];
  /** Whether a file without a known suffix, a blob of a store say, starts like one of these. */
  startsLike?(head: Uint8Array): boolean;
  /** Whether it reads no more than it has to, so that the file may lie elsewhere. */
  readonly inParts?: true;
  open(place: DataPlace, wanted: WantedData): Promise<OpenedData>;
}

/** Where the bytes lie on this machine, and the name the user gave them. */
export interface DataPlace {
  readonly file: string;
  /** For messages and the suffix. */
  readonly shown: string;
  /** How to read the file where not all of it is here: what takes all of it, checksums, is left to others. */
  readonly open?: OpenFile;
}

/** What the model takes and gives. */
export interface WantedData {
  readonly inputs: readonly InputSignature[];
  /** For golden outputs; empty when nobody asks. */
  readonly outputs: readonly ValueInfo[];
  readonly image: ImageInput;
  /** Whether a form of many files must give their digests as {@link OpenedData.contents}. */
  readonly hashesContents: boolean;
}

/** What a form gives; `openData` adds the digest, labels from beside, and checks. */
export interface OpenedData {
  readonly length: number;
  readonly classNames?: readonly string[];
  readonly goldenOutputs?: GoldenOutputs;
  readonly notes: Notes;
  /** Digest of everything read, where it is not that of the one file. */
  readonly contents?: readonly string[];
  sample(index: number): Promise<NamedTensors>;
  /** Absent without labels. */
  label?(index: number): Label;
  close(): Promise<void>;
}

/** Sentences, each once. */
export class Notes {
  readonly #seen = new Set<string>();
  readonly list: string[] = [];

  add(note: string): void {
    if (this.#seen.has(note)) return;
    this.#seen.add(note);
    this.list.push(note);
  }
}
