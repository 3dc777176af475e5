/** What the message readers share: the cursor, and how external data is found. */
import type { ByteRange } from '../stored-tensor.ts';
import type { Scanner } from './scanner.ts';

export interface ReadContext {
  readonly scanner: Scanner;
  /** The bytes that a tensor's `external_data` entries point to. @throws when they may not be read. */
  external(
    tensor: string,
    entries: ReadonlyMap<string, string>,
  ): { readonly range: ByteRange; readonly external: { readonly location: string } };
}
