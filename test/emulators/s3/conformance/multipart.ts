/** Objects in parts. */
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  type CompleteMultipartUploadCommandInput,
  CreateMultipartUploadCommand,
  type CreateMultipartUploadCommandInput,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  UploadPartCommand,
  type UploadPartCommandInput,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { expect } from 'vitest';
import { type Bench, type Case, digest, noise, refusal } from './case.ts';

/** One upload and the parts it has. */
export class Parts {
  readonly #bench: Bench;
  readonly #place: { readonly Bucket: string; readonly Key: string; readonly UploadId: string };

  readonly #hasChecksums: boolean;

  constructor(bench: Bench, Key: string, UploadId: string, hasChecksums: boolean) {
    this.#bench = bench;
    this.#hasChecksums = hasChecksums;
    this.#place = { Bucket: bench.bucket, Key, UploadId };
  }

  static async begin(
    bench: Bench,
    Key: string,
    more: Partial<CreateMultipartUploadCommandInput> = {},
  ): Promise<Parts> {
    const { UploadId = '' } = await bench.client.send(
      new CreateMultipartUploadCommand({ Bucket: bench.bucket, Key, ...more }),
    );
    return new Parts(bench, Key, UploadId, more.ChecksumAlgorithm !== undefined);
  }

  /** What the completion names of it; the SDK's own checksums belong to the transfer alone. */
  async upload(
    PartNumber: number,
    Body: Uint8Array | string,
    more: Partial<UploadPartCommandInput> = {},
  ) {
    const { $metadata, ...answer } = await this.#bench.client.send(
      new UploadPartCommand({ ...this.#place, PartNumber, Body, ...more }),
    );
    return this.#hasChecksums ? { PartNumber, ...answer } : { PartNumber, ETag: answer.ETag };
  }

  async copy(PartNumber: number, CopySource: string, CopySourceRange?: string) {
    const { CopyPartResult } = await this.#bench.client.send(
      new UploadPartCopyCommand({
        ...this.#place,
        PartNumber,
        CopySource,
        ...(CopySourceRange && { CopySourceRange }),
      }),
    );
    return this.#hasChecksums
      ? { PartNumber, ...CopyPartResult }
      : { PartNumber, ETag: CopyPartResult?.ETag };
  }

  complete(
    parts: readonly { readonly PartNumber: number; readonly ETag?: string | undefined }[],
    more: Partial<CompleteMultipartUploadCommandInput> = {},
  ) {
    return this.#bench.client.send(
      new CompleteMultipartUploadCommand({
        ...this.#place,
        MultipartUpload: { Parts: [...parts] },
        ...more,
      }),
    );
  }

  list(MaxParts?: number, PartNumberMarker?: string) {
    return this.#bench.client.send(
      new ListPartsCommand({
        ...this.#place,
        ...(MaxParts && { MaxParts }),
        ...(PartNumberMarker && { PartNumberMarker }),
      }),
    );
  }

  abort() {
    return this.#bench.client.send(new AbortMultipartUploadCommand(this.#place));
  }
}

const piecesOf = ({ part }: Bench) => [noise(part, 1), noise(part, 2), noise(1234, 3)] as const;

export const multipartCases: readonly Case[] = [
  {
    name: 'parts come in any order and all at once',
    run: async (bench) => {
      const pieces = piecesOf(bench);
      const whole = Buffer.concat(pieces);
      const upload = await Parts.begin(bench, 'parts', { Metadata: { k: 'v' } });
      const parts = await Promise.all([
        upload.upload(3, pieces[2]),
        upload.upload(1, pieces[0]),
        upload.upload(2, pieces[1]),
      ]);
      const sorted = parts.toSorted((a, b) => a.PartNumber - b.PartNumber);
      const { ETag } = await upload.complete(sorted, { MpuObjectSize: whole.length });
      const digests = Buffer.concat(pieces.map((piece) => digest('md5', piece)));
      expect(ETag).toBe(`"${digest('md5', digests).toString('hex')}-3"`);
      expect((await bench.bytes('parts')).equals(whole)).toBe(true);
      const second = await bench.get('parts', { PartNumber: 2 });
      expect(second.PartsCount).toBe(3);
      expect(second.Metadata).toEqual({ k: 'v' });
      const bytes = Buffer.from((await second.Body?.transformToByteArray()) ?? []);
      expect(bytes.equals(pieces[1])).toBe(true);
      const border = bench.part;
      const across = await bench.bytes('parts', { Range: `bytes=${border - 3}-${border + 2}` });
      expect(across).toEqual(whole.subarray(border - 3, border + 3));
    },
  },
  {
    name: 'a part that comes again takes the place of the one before',
    run: async (bench) => {
      const upload = await Parts.begin(bench, 'again');
      const first = await upload.upload(1, 'first');
      const second = await upload.upload(1, 'second');
      expect(await refusal(upload.complete([first]))).toBe('InvalidPart 400');
      await upload.complete([second]);
      expect(await bench.text('again')).toBe('second');
    },
  },
  {
    name: 'only the last part may be small',
    run: async (bench) => {
      const upload = await Parts.begin(bench, 'small');
      const parts = [await upload.upload(1, 'tiny'), await upload.upload(2, 'tiny')];
      expect(await refusal(upload.complete(parts))).toBe('EntityTooSmall 400');
      await upload.abort();
    },
  },
  {
    name: 'parts are named in order, and exist',
    run: async (bench) => {
      const upload = await Parts.begin(bench, 'order');
      const [first, second] = piecesOf(bench);
      const one = await upload.upload(1, first);
      const two = await upload.upload(2, second);
      expect(await refusal(upload.complete([two, one]))).toBe('InvalidPartOrder 400');
      const three = { PartNumber: 3, ETag: two.ETag };
      expect(await refusal(upload.complete([one, three]))).toBe('InvalidPart 400');
      await upload.complete([one, two]);
    },
  },
  {
    name: 'parts are copied, whole or in ranges',
    run: async (bench) => {
      const pieces = piecesOf(bench);
      const source = await Parts.begin(bench, 'copied-from');
      await source.complete([await source.upload(1, pieces[0]), await source.upload(2, pieces[1])]);
      const upload = await Parts.begin(bench, 'copied');
      const name = `${bench.bucket}/copied-from`;
      const border = bench.part;
      const range = `bytes=${border - 50}-${border + 49}`;
      await upload.complete([await upload.copy(1, name), await upload.copy(2, name, range)]);
      const both = Buffer.concat(pieces.slice(0, 2));
      const expected = Buffer.concat([both, both.subarray(border - 50, border + 50)]);
      expect((await bench.bytes('copied')).equals(expected)).toBe(true);
    },
  },
  {
    name: 'open uploads and their parts are listed, until they are aborted',
    run: async (bench) => {
      const upload = await Parts.begin(bench, 'listed-upload');
      await upload.upload(1, 'x');
      await upload.upload(7, 'yy');
      const uploads = () =>
        bench.client.send(
          new ListMultipartUploadsCommand({ Bucket: bench.bucket, Prefix: 'listed-' }),
        );
      expect((await uploads()).Uploads).toMatchObject([{ Key: 'listed-upload' }]);
      const { Parts: all } = await upload.list();
      expect(all).toMatchObject([
        { PartNumber: 1, Size: 1 },
        { PartNumber: 7, Size: 2 },
      ]);
      const page = await upload.list(1);
      expect(page).toMatchObject({ IsTruncated: true, NextPartNumberMarker: '1' });
      expect((await upload.list(1, '1')).Parts).toMatchObject([{ PartNumber: 7 }]);
      await upload.abort();
      expect((await uploads()).Uploads ?? []).toEqual([]);
      expect(await refusal(upload.upload(1, 'x'))).toBe('NoSuchUpload 404');
    },
  },
  {
    name: 'the announced size of the whole is checked',
    run: async (bench) => {
      const upload = await Parts.begin(bench, 'sized');
      const part = await upload.upload(1, 'four');
      expect(await refusal(upload.complete([part], { MpuObjectSize: 5 }))).toMatch(/ 400$/);
      await upload.complete([part], { MpuObjectSize: 4 });
    },
  },
];
