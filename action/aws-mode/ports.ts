/** What mode: aws needs of the world outside, so that tests stand in for it. */
import type {
  ApiAnswer,
  ApiRequest,
  ApiUpload,
} from '../../shared/pipeline/distributed/api-messages.ts';
import type { RepositoryFile } from '../changes/model-change.ts';

/** Offset and length, in bytes. */
export type ByteRange = readonly [number, number];

export interface AwsPorts {
  /** One call of the function `api`. @throws ToolError, InputError: what is wrong with the function or the rights */
  readonly ask: (message: ApiRequest) => Promise<ApiAnswer>;
  /** The bytes of a file as a file of this machine; asked for only when they are needed. */
  readonly fetchFile: (side: 'base' | 'head', file: RepositoryFile) => Promise<string>;
  /** Puts a file, or `[offset, length]` of it, to the address. */
  readonly upload: (path: string, to: ApiUpload, range?: ByteRange) => Promise<void>;
  readonly sleep: (seconds: number) => Promise<void>;
  readonly log: (line: string) => void;
}
