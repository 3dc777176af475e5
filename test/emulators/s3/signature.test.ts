/** The examples of the S3 documentation ("Authenticating Requests: AWS Signature Version 4"), word for word. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { decodeChunks } from './chunked-body.ts';
import { type SignedRequest, verifySignature } from './signature.ts';

const IDENTITIES = [
  {
    accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
    secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  },
];
const SCOPE = 'AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request';
const EMPTY = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2013, 4, 24, 0, 1), toFake: ['Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const authorization = (signedHeaders: string, signature: string): string =>
  `AWS4-HMAC-SHA256 Credential=${SCOPE},SignedHeaders=${signedHeaders},Signature=${signature}`;

const GET: SignedRequest = {
  method: 'GET',
  path: '/test.txt',
  query: [],
  headers: {
    host: 'examplebucket.s3.amazonaws.com',
    range: 'bytes=0-9',
    'x-amz-content-sha256': EMPTY,
    'x-amz-date': '20130524T000000Z',
    authorization: authorization(
      'host;range;x-amz-content-sha256;x-amz-date',
      'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
    ),
  },
};

const PRESIGNED: SignedRequest = {
  method: 'GET',
  path: '/test.txt',
  query: [
    ['X-Amz-Algorithm', 'AWS4-HMAC-SHA256'],
    ['X-Amz-Credential', SCOPE],
    ['X-Amz-Date', '20130524T000000Z'],
    ['X-Amz-Expires', '86400'],
    ['X-Amz-SignedHeaders', 'host'],
    ['X-Amz-Signature', 'aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404'],
  ],
  headers: { host: 'examplebucket.s3.amazonaws.com' },
};

const CHUNKED: SignedRequest = {
  method: 'PUT',
  path: '/examplebucket/chunkObject.txt',
  query: [],
  headers: {
    host: 's3.amazonaws.com',
    'x-amz-date': '20130524T000000Z',
    'x-amz-storage-class': 'REDUCED_REDUNDANCY',
    'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
    'content-encoding': 'aws-chunked',
    'x-amz-decoded-content-length': '66560',
    'content-length': '66824',
    authorization: authorization(
      'content-encoding;content-length;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class',
      '4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9',
    ),
  },
};

const TRAILED: SignedRequest = {
  ...CHUNKED,
  headers: {
    host: 's3.amazonaws.com',
    'x-amz-date': '20130524T000000Z',
    'x-amz-storage-class': 'REDUCED_REDUNDANCY',
    'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER',
    'content-encoding': 'aws-chunked',
    'x-amz-decoded-content-length': '66560',
    'x-amz-trailer': 'x-amz-checksum-crc32c',
    authorization: authorization(
      'content-encoding;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class;x-amz-trailer',
      '106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e',
    ),
  },
};

describe('requests', () => {
  it.each([
    ['in the header', GET],
    ['in the address', PRESIGNED],
    ['of chunks', CHUNKED],
    ['of chunks and a trailer', TRAILED],
  ])('are accepted, signed %s', (_where, request) => {
    expect(verifySignature(request, IDENTITIES).accessKeyId).toBe('AKIAIOSFODNN7EXAMPLE');
  });

  it.each([
    ['another path', { ...GET, path: '/other.txt' }, 'SignatureDoesNotMatch'],
    ['another method', { ...PRESIGNED, method: 'PUT' }, 'SignatureDoesNotMatch'],
    ['another header', { ...GET, headers: { ...GET.headers, range: 'bytes=0-99' } }, 'Signature'],
    ['an unsigned header', { ...GET, headers: { ...GET.headers, 'x-amz-acl': 'x' } }, 'AccessDen'],
    ['nothing', { ...GET, headers: {} }, 'AccessDenied'],
    ['a token', { ...GET, headers: { ...GET.headers, 'x-amz-security-token': 'x' } }, 'InvalidTok'],
  ] as const)('are refused with %s', (_what, request, code) => {
    expect(() => verifySignature(request, IDENTITIES)).toThrow(
      expect.objectContaining({ code: expect.stringContaining(code) }),
    );
  });

  it.each([
    ['too late', GET, 16, 'RequestTimeTooSkewed'],
    ['too early', GET, -16, 'RequestTimeTooSkewed'],
    ['expired', PRESIGNED, 24 * 60 + 1, 'AccessDenied'],
    ['not yet valid', PRESIGNED, -16, 'AccessDenied'],
  ] as const)('are refused %s', (_what, request, minutes, code) => {
    vi.setSystemTime(Date.UTC(2013, 4, 24, 0, minutes));
    expect(() => verifySignature(request, IDENTITIES)).toThrow(expect.objectContaining({ code }));
  });
});

describe('chunks', () => {
  const CHUNKS = [
    [65536, 'ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648'],
    [1024, '0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497'],
    [0, 'b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9'],
  ] as const;
  const TRAILED_CHUNKS = [
    [65536, 'b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2'],
    [1024, '1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7'],
    [0, '2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992'],
  ] as const;
  const encode = (chunks: typeof CHUNKS | typeof TRAILED_CHUNKS): string =>
    chunks
      .map(
        ([size, signature]) =>
          `${size.toString(16)};chunk-signature=${signature}\r\n${'a'.repeat(size)}${size > 0 ? '\r\n' : ''}`,
      )
      .join('');
  const whole = `${encode(CHUNKS)}\r\n`;
  const trailed = [
    encode(TRAILED_CHUNKS),
    'x-amz-checksum-crc32c:sOO8/Q==\r\n',
    'x-amz-trailer-signature:d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435\r\n\r\n',
  ].join('');

  async function decode(text: string, step: number, request = CHUNKED): Promise<string> {
    async function* pieces() {
      for (let at = 0; at < text.length; at += step) yield Buffer.from(text.slice(at, at + step));
    }
    let decoded = '';
    const { data } = decodeChunks(pieces(), verifySignature(request, IDENTITIES));
    for await (const piece of data) decoded += Buffer.from(piece).toString();
    return decoded;
  }

  it.each([1000, 4096, 100_000])('are decoded, arriving in pieces of %i', async (step) => {
    expect(whole).toHaveLength(66824);
    expect(await decode(whole, step)).toBe('a'.repeat(66560));
    expect(await decode(trailed, step, TRAILED)).toBe('a'.repeat(66560));
  });

  it('are refused with another trailer', async () => {
    const other = trailed.replace('sOO8/Q==', 'AAAA/Q==');
    await expect(decode(other, 4096, TRAILED)).rejects.toMatchObject({
      code: 'SignatureDoesNotMatch',
    });
  });

  it.each([
    ['another byte', whole.replace('aaaa', 'aaab'), 'SignatureDoesNotMatch'],
    ['no signature', whole.replace(/;chunk-signature=\w+/, ''), 'SignatureDoesNotMatch'],
    ['no end', whole.slice(0, -90), 'IncompleteBody'],
    ['no size', whole.replace('10000;', 'x;'), 'IncompleteBody'],
  ])('are refused with %s', async (_what, text, code) => {
    await expect(decode(text, 4096)).rejects.toMatchObject({ code });
  });
});
