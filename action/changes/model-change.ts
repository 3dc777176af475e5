/** What a change of the repository did to one model: plain data, by path and Git blob. */
import type { ModelSettings } from '../../shared/pipeline/config/schema.ts';

/** A file of a commit. */
export interface RepositoryFile {
  /** From the repository's root, with `/`. */
  readonly path: string;
  /** Git blob id: of the pointer, for a file in Git LFS. */
  readonly blob: string;
  /** Of the blob itself. */
  readonly bytes: number;
  /** Read from the pointer: the file that it stands for. */
  readonly lfs?: { readonly sha256: string; readonly bytes: number };
}

/** One model in one commit. */
export interface ModelFiles {
  /** The file or folder to open, from the repository's root. */
  readonly path: string;
  /** All files that it is made of, the one that names it first. */
  readonly files: readonly RepositoryFile[];
}

/** `unchanged`: measured for itself, as there is no commit to compare with. */
export type ChangeStatus = 'added' | 'changed' | 'renamed' | 'deleted' | 'unchanged';

export interface ModelChange {
  /** The key in the configuration, else by the path; unique among the changes. */
  readonly name: string;
  readonly status: ChangeStatus;
  /** Absent for what is added. Where only data or settings changed, the same files as `head`. */
  readonly base?: ModelFiles;
  /** Absent for what is deleted. */
  readonly head?: ModelFiles;
  /** Whether the configuration names it. */
  readonly isConfigured: boolean;
  /** Of the configuration, its defaults included; empty for a model that it does not name. */
  readonly settings: ModelSettings;
  /** What relative paths in `settings` start from, from the repository's root; empty for the root. */
  readonly folder: string;
  /** `fettle.yml:12`: the model's budget there, else its key. */
  readonly where?: string;
  /** The line of `where`, for annotations. */
  readonly configLine?: number;
  /** Files of the trusted commit that the settings name; for a model that is not configured, what may be its data by place and name. */
  readonly data: readonly RepositoryFile[];
  /** A metric that is code, from the branch that a pull request goes to. */
  readonly module?: RepositoryFile;
}

/** Bytes of a model in one commit: of the files themselves, not of pointers. */
export const bytesOf = ({ files }: ModelFiles): number =>
  files.reduce((sum, { bytes, lfs }) => sum + (lfs?.bytes ?? bytes), 0);
