/** Checksums: verified on the way in, kept, and told. */
import { Readable } from 'node:stream';
import {
  ChecksumAlgorithm,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  HeadObjectCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { expect } from 'vitest';
import { type Bench, type Case, digest, noise, refusal } from './case.ts';
import { Parts } from './multipart.ts';

/** Of `hello`; the CRCs by other programs. */
const HELLO = {
  CRC32: 'NhCmhg==',
  CRC32C: 'mnG7TA==',
  CRC64NVME: 'M3eFcAZSQlc=',
  SHA1: digest('sha1', 'hello').toString('base64'),
  SHA256: digest('sha256', 'hello').toString('base64'),
} as const;

const head = ({ client, bucket }: Bench, Key: string) =>
  client.send(new HeadObjectCommand({ Bucket: bucket, Key, ChecksumMode: 'ENABLED' }));

const piecesOf = ({ part }: Bench) => [noise(part, 4), noise(999, 5)] as const;

export const checksumCases: readonly Case[] = [
  ...Object.values(ChecksumAlgorithm)
    .filter((algorithm): algorithm is keyof typeof HELLO => algorithm in HELLO)
    .map(
      (algorithm): Case => ({
        name: `${algorithm} is kept`,
        run: async (bench) => {
          await bench.put(`sum/${algorithm}`, 'hello', { ChecksumAlgorithm: algorithm });
          expect(await head(bench, `sum/${algorithm}`)).toMatchObject({
            [`Checksum${algorithm}`]: HELLO[algorithm],
            ChecksumType: 'FULL_OBJECT',
          });
        },
      }),
    ),
  {
    name: 'the checksum of a stream comes behind it',
    run: async (bench) => {
      await bench.put('sum/stream', Readable.from([Buffer.from('hello')]), {
        ContentLength: 5,
        ChecksumAlgorithm: 'SHA256',
      });
      expect((await head(bench, 'sum/stream')).ChecksumSHA256).toBe(HELLO.SHA256);
    },
  },
  {
    name: 'checksums are not told unasked',
    run: async (bench) => {
      await bench.put('sum/quiet', 'hello', { ChecksumSHA256: HELLO.SHA256 });
      const { ChecksumSHA256 } = await bench.client.send(
        new HeadObjectCommand({ Bucket: bench.bucket, Key: 'sum/quiet' }),
      );
      expect(ChecksumSHA256).toBeUndefined();
    },
  },
  {
    name: 'wrong checksums are refused and nothing is kept',
    run: async (bench) => {
      const wrong = bench.put('sum/bad', 'other', { ChecksumSHA256: HELLO.SHA256 });
      expect(await refusal(wrong)).toBe('BadDigest 400');
      const crc = bench.put('sum/bad', 'other', { ChecksumCRC64NVME: HELLO.CRC64NVME });
      expect(await refusal(crc)).toBe('BadDigest 400');
      const md5 = bench.put('sum/bad', 'other', { ContentMD5: 'AAAAAAAAAAAAAAAAAAAAAA==' });
      expect(await refusal(md5)).toBe('BadDigest 400');
      expect(await refusal(bench.get('sum/bad'))).toBe('NoSuchKey 404');
    },
  },
  {
    name: 'SHA-256 of parts makes a checksum of checksums',
    run: async (bench) => {
      const options = { ChecksumAlgorithm: 'SHA256' } as const;
      const pieces = piecesOf(bench);
      const upload = await Parts.begin(bench, 'sum/composite', options);
      const parts = [
        await upload.upload(1, pieces[0], options),
        await upload.upload(2, pieces[1], options),
      ];
      const bare = parts.map(({ PartNumber, ETag }) => ({ PartNumber, ETag }));
      expect(await refusal(upload.complete(bare))).toMatch(/ 400$/);
      const { ChecksumSHA256 } = await upload.complete(parts);
      const digests = Buffer.concat(pieces.map((piece) => digest('sha256', piece)));
      const expected = `${digest('sha256', digests).toString('base64')}-2`;
      expect(ChecksumSHA256).toBe(expected);
      expect(await head(bench, 'sum/composite')).toMatchObject({
        ChecksumSHA256: expected,
        ChecksumType: 'COMPOSITE',
      });
    },
  },
  {
    name: 'a part has the checksum of its own bytes, also copied from an object in parts',
    run: async (bench) => {
      const options = { ChecksumAlgorithm: 'SHA256' } as const;
      const from = await Parts.begin(bench, 'sum/one-part', options);
      await from.complete([await from.upload(1, 'hello', options)]);
      const { UploadId } = await bench.client.send(
        new CreateMultipartUploadCommand({ Bucket: bench.bucket, Key: 'sum/copied', ...options }),
      );
      const { CopyPartResult } = await bench.client.send(
        new UploadPartCopyCommand({
          Bucket: bench.bucket,
          Key: 'sum/copied',
          UploadId,
          PartNumber: 1,
          CopySource: `${bench.bucket}/sum/one-part`,
        }),
      );
      expect(CopyPartResult?.ChecksumSHA256).toBe(HELLO.SHA256);
    },
  },
  {
    name: 'CRC64NVME of parts makes that of the whole, and is checked',
    run: async (bench) => {
      const options = { ChecksumAlgorithm: 'CRC64NVME' } as const;
      const pieces = piecesOf(bench);
      await bench.put('sum/whole', Buffer.concat(pieces), options);
      const { ChecksumCRC64NVME: expected = '' } = await head(bench, 'sum/whole');
      const upload = await Parts.begin(bench, 'sum/parts', {
        ...options,
        ChecksumType: 'FULL_OBJECT',
      });
      const parts = [
        await upload.upload(1, pieces[0], options),
        await upload.upload(2, pieces[1], options),
      ];
      const wrong = upload.complete(parts, { ChecksumCRC64NVME: HELLO.CRC64NVME });
      expect(await refusal(wrong)).toBe('BadDigest 400');
      const done = await upload.complete(parts, {
        ChecksumCRC64NVME: expected,
        ChecksumType: 'FULL_OBJECT',
      });
      expect(done.ChecksumCRC64NVME).toBe(expected);
      expect((await head(bench, 'sum/parts')).ChecksumCRC64NVME).toBe(expected);
    },
  },
  {
    name: 'a copy gets the checksum it asks for',
    run: async (bench) => {
      await bench.put('sum/from', 'hello');
      await bench.client.send(
        new CopyObjectCommand({
          Bucket: bench.bucket,
          Key: 'sum/to',
          CopySource: `${bench.bucket}/sum/from`,
          ChecksumAlgorithm: 'SHA256',
        }),
      );
      expect((await head(bench, 'sum/to')).ChecksumSHA256).toBe(HELLO.SHA256);
    },
  },
];
