/**
 * Keys of objects as paths. S3 takes any text for a key; here each becomes a file's path and part of a name, so what
 * would lead elsewhere is refused (CWE-22), and what reads badly is made plain.
 */
import { digestBytes, hexOf } from '../../base/digest.ts';
import { MODEL_NAME_MAX_LENGTH, plainName } from '../names.ts';

/** The longest key of S3, in bytes of UTF-8. */
const MAX_KEY_BYTES = 1024;

/** The longest name of a file on Linux, in bytes of UTF-8: every object is a file somewhere before it is read. */
const MAX_PART_BYTES = 255;

/** Folders in folders: each is looked into for a configuration, and nobody's project is as deep (CWE-400). */
const MAX_PARTS = 32;

/** Enough of a digest that nobody finds another key with the same one. */
const TAG_LENGTH = 12;

/** The key of an S3 event notification: `+` is a blank, `%2B` a plus. `undefined` for text that no key encodes to. EventBridge gives keys as they are. */
export function decodeNotificationKey(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}

/** Why a key cannot be a path; `undefined` where it can. A key that ends in `/` is a folder's and can. */
export function keyProblem(key: string): string | undefined {
  if (key === '' || Buffer.byteLength(key) > MAX_KEY_BYTES)
    return `a key has 1 to ${MAX_KEY_BYTES} bytes`;
  if (!key.isWellFormed()) return 'the key is no valid text';
  if (/\p{Cc}/u.test(key)) return 'the key holds control characters';
  // Where these mean folders and drives, the path would lead elsewhere: nothing of ours takes one.
  if (/\\|(^|\/)[A-Za-z]:/.test(key)) return 'the key holds a backslash or a drive';
  const parts = key.replace(/\/$/, '').split('/');
  if (parts.some((part) => part === '' || part === '.' || part === '..'))
    return 'the key has parts that are empty, "." or "..", and no path is like that';
  if (parts.length > MAX_PARTS) return `the key leads through more than ${MAX_PARTS} folders`;
  if (parts.some((part) => Buffer.byteLength(part) > MAX_PART_BYTES))
    return `the key has a part of more than ${MAX_PART_BYTES} bytes`;
  return undefined;
}

/** The folder of a key or of a folder, with its `/`; the root is the empty text. */
export const folderOf = (key: string): string =>
  key.slice(0, key.replace(/\/$/, '').lastIndexOf('/') + 1);

/** The last part, without a folder's `/`. */
export const baseOf = (key: string): string => key.slice(folderOf(key).length).replace(/\/$/, '');

/** The key of a file without the suffix of its name, of a folder without its `/`. */
export const stemOf = (key: string): string =>
  key.endsWith('/') ? key.slice(0, -1) : folderOf(key) + baseOf(key).replace(/(?<=.)\.[^.]+$/, '');

/**
 * What a model is called whose file or folder has this key: the key without its suffix, slashes kept. Where that is no
 * name, the nearest one with a part of the key's digest behind it: what is made plain is not taken for another.
 */
export function nameOfKey(key: string): string {
  const stem = stemOf(key) || 'model';
  const plain = stem.split('/').map(plainName).join('/');
  if (plain === stem && plain.length <= MODEL_NAME_MAX_LENGTH) return plain;
  const tag = hexOf(digestBytes(stem)).slice(0, TAG_LENGTH);
  const room = MODEL_NAME_MAX_LENGTH - TAG_LENGTH - 1;
  const head = plain.slice(0, room).replace(/[/.-]+$/, '') || 'model';
  return `${head}-${tag}`;
}
