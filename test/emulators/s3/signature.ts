/** Signature Version 4, as S3 verifies it: in the header, or in the query of a presigned address. */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { accessDenied, invalid, S3Error } from './errors.ts';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Of a role: must come with every request. */
  readonly sessionToken?: string;
}

/** What a request must have to be verified. */
export interface SignedRequest {
  readonly method: string;
  /** As sent. */
  readonly path: string;
  /** Decoded, in the order of the address. */
  readonly query: readonly (readonly [string, string])[];
  readonly headers: IncomingHttpHeaders;
}

/** What was verified, and what the signatures of chunks build on. */
export interface Signature {
  readonly accessKeyId: string;
  readonly isPresigned: boolean;
  /** `x-amz-content-sha256` */
  readonly payload: string;
  readonly signature: string;
  readonly date: string;
  readonly scope: string;
  readonly key: Buffer;
}

/** S3 takes requests for a quarter of an hour, signed ahead or late. */
const MAX_SKEW_MS = 15 * 60_000;
/** A presigned address lives at most a week. */
const MAX_EXPIRY_SECONDS = 7 * 24 * 3600;

export const sha256Hex = (data: string | Uint8Array): string =>
  createHash('sha256').update(data).digest('hex');
export const hmac = (key: string | Buffer, data: string): Buffer =>
  createHmac('sha256', key).update(data).digest();

interface Claim {
  readonly credential: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  readonly date: string;
  readonly payload: string;
  readonly token: string | undefined;
  readonly isPresigned: boolean;
}

/** Verifies who sent a request. @throws S3Error as S3 refuses. */
export function verifySignature(
  request: SignedRequest,
  identities: readonly Credentials[],
): Signature {
  const claim = presignedClaim(request) ?? headerClaim(request);
  if (!claim) throw accessDenied('Anonymous access is forbidden for this operation');
  const [accessKeyId = '', ...scopeParts] = claim.credential.split('/');
  const [day = '', region = '', service = '', end] = scopeParts;
  if (service !== 's3' || end !== 'aws4_request' || !claim.date.startsWith(day))
    throw invalid('AuthorizationHeaderMalformed', 'The authorization header is malformed.');
  const identity = identities.find((candidate) => candidate.accessKeyId === accessKeyId);
  if (!identity) {
    const text = 'The AWS Access Key Id you provided does not exist in our records.';
    throw new S3Error(403, 'InvalidAccessKeyId', text);
  }
  if (identity.sessionToken !== claim.token)
    throw invalid('InvalidToken', 'The provided token is malformed or otherwise invalid.');

  const scope = scopeParts.join('/');
  const key = [day, region, service, 'aws4_request'].reduce<Buffer>(
    hmac,
    Buffer.from(`AWS4${identity.secretAccessKey}`),
  );
  const canonical = canonicalRequest(request, claim);
  const toSign = ['AWS4-HMAC-SHA256', claim.date, scope, sha256Hex(canonical)].join('\n');
  if (!isEqual(hmac(key, toSign).toString('hex'), claim.signature)) {
    const text =
      'The request signature we calculated does not match the signature you provided. Check your key and signing method.';
    throw new S3Error(403, 'SignatureDoesNotMatch', text, {
      members: { CanonicalRequest: canonical, StringToSign: toSign },
    });
  }
  refuseUnsignedHeaders(request, claim);
  const { isPresigned, payload, signature, date } = claim;
  return { accessKeyId, isPresigned, payload, signature, date, scope, key };
}

export const isEqual = (a: string, b: string): boolean =>
  a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));

function headerClaim({ headers }: SignedRequest): Claim | undefined {
  const match =
    /^AWS4-HMAC-SHA256\s+Credential=([^,\s]+),\s*SignedHeaders=([^,\s]+),\s*Signature=(\w+)$/.exec(
      headers.authorization ?? '',
    );
  if (!match) return undefined;
  const [, credential = '', signedHeaders = '', signature = ''] = match;
  const date = single(headers['x-amz-date']) ?? '';
  const payload = single(headers['x-amz-content-sha256']);
  if (payload === undefined)
    throw invalid(
      'InvalidRequest',
      'Missing required header for this request: x-amz-content-sha256',
    );
  if (!(Math.abs(Date.now() - timeOf(date)) <= MAX_SKEW_MS)) {
    const text = 'The difference between the request time and the current time is too large.';
    throw new S3Error(403, 'RequestTimeTooSkewed', text);
  }
  return {
    credential,
    signedHeaders: signedHeaders.split(';'),
    signature,
    date,
    payload,
    token: single(headers['x-amz-security-token']),
    isPresigned: false,
  };
}

function presignedClaim({ query, headers }: SignedRequest): Claim | undefined {
  const values = new Map(query);
  const signature = values.get('X-Amz-Signature');
  if (signature === undefined) return undefined;
  const date = values.get('X-Amz-Date') ?? '';
  const seconds = Number(values.get('X-Amz-Expires'));
  if (!(seconds >= 1 && seconds <= MAX_EXPIRY_SECONDS))
    throw invalid(
      'AuthorizationQueryParametersError',
      'X-Amz-Expires must be between 1 and 604800 seconds',
    );
  const begin = timeOf(date);
  if (!(begin - MAX_SKEW_MS <= Date.now())) throw accessDenied('Request is not yet valid');
  if (Date.now() > begin + seconds * 1000) throw accessDenied('Request has expired');
  return {
    credential: values.get('X-Amz-Credential') ?? '',
    signedHeaders: (values.get('X-Amz-SignedHeaders') ?? '').split(';'),
    signature,
    date,
    payload:
      values.get('X-Amz-Content-Sha256') ??
      single(headers['x-amz-content-sha256']) ??
      'UNSIGNED-PAYLOAD',
    token: values.get('X-Amz-Security-Token'),
    isPresigned: true,
  };
}

function canonicalRequest({ method, path, query, headers }: SignedRequest, claim: Claim): string {
  const parameters = query
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => `${uriEncode(name)}=${uriEncode(value)}`)
    .sort((a, b) => (a < b ? -1 : 1));
  const lines = claim.signedHeaders.map(
    (name) => `${name}:${(single(headers[name]) ?? '').trim().replace(/ +/g, ' ')}\n`,
  );
  return [
    method,
    path.split('/').map(decodeAndEncode).join('/'),
    parameters.join('&'),
    lines.join(''),
    claim.signedHeaders.join(';'),
    claim.payload,
  ].join('\n');
}

/** What changes the meaning of a request must be signed, or anyone with the address could add it. */
function refuseUnsignedHeaders({ headers }: SignedRequest, { signedHeaders }: Claim): void {
  const unsigned = Object.keys(headers).filter((name) =>
    name === 'host' || (name.startsWith('x-amz-') && name !== 'x-amz-content-sha256')
      ? !signedHeaders.includes(name)
      : false,
  );
  if (unsigned.length === 0) return;
  const text = 'There were headers present in the request which were not signed';
  throw new S3Error(403, 'AccessDenied', text, {
    members: { HeadersNotSigned: unsigned.join(', ') },
  });
}

/** As signatures write it: all but letters, digits and `-._~`. */
export const uriEncode = (text: string): string =>
  encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );

const decodeAndEncode = (text: string): string => {
  try {
    return uriEncode(decodeURIComponent(text));
  } catch {
    throw invalid('InvalidURI', "Couldn't parse the specified URI.");
  }
};

const timeOf = (date: string): number =>
  Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));

const single = (value: string | readonly string[] | undefined): string | undefined =>
  typeof value === 'string' ? value : value?.join(',');
