/** Bucket and key of a request: in its path, or the bucket in its host name. */
import type { IncomingMessage } from 'node:http';
import type { Address } from './call.ts';
import { invalid } from './errors.ts';

/** What follows the bucket in the host names that the SDKs make. */
const VIRTUAL_HOST = /^(.+?)\.(?:s3\.)?(?:localhost|(?:[a-z0-9-]+\.)?amazonaws\.com)$/;

/** @throws S3Error when the address cannot be read. */
export function addressOf({ url = '/', method = 'GET', headers }: IncomingMessage): Address {
  const [path = '/', search = ''] = split(url, '?');
  const host = (headers.host ?? '').replace(/:\d+$/, '');
  const virtual = host.startsWith('s3.') ? undefined : VIRTUAL_HOST.exec(host)?.[1];
  const plain = decode(path.slice(1));
  const [first, rest] = split(plain, '/');
  return {
    method,
    path,
    bucket: virtual ?? first,
    key: virtual === undefined ? rest : plain,
    query: search
      .split('&')
      .filter((part) => part !== '')
      .map((part) => {
        const [name, value] = split(part, '=');
        return [decode(name), decode(value)] as const;
      }),
  };
}

function split(text: string, separator: string): readonly [string, string] {
  const index = text.indexOf(separator);
  return index < 0 ? [text, ''] : [text.slice(0, index), text.slice(index + separator.length)];
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw invalid('InvalidURI', "Couldn't parse the specified URI.");
  }
}
