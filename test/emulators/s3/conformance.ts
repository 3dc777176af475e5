/**
 * What a server must do to be S3 for Fettle, asked by the AWS SDK. The same cases run against the
 * emulator and, with `FETTLE_TEST_S3_URL`, against another server, whose known differences are listed:
 * a difference that is new, or gone, fails.
 */
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe } from 'vitest';
import { casesKnowing, type KnownDifferences } from '../../contracts/known-differences.ts';
import { accessCases } from './conformance/access.ts';
import { Bench, type Case, type Target } from './conformance/case.ts';
import { checksumCases } from './conformance/checksums.ts';
import { conditionCases } from './conformance/conditions.ts';
import { listingCases } from './conformance/listing.ts';
import { multipartCases } from './conformance/multipart.ts';
import { objectCases } from './conformance/objects.ts';
import { versionCases } from './conformance/versions.ts';

export const CONFORMANCE: Readonly<Record<string, readonly Case[]>> = {
  objects: objectCases,
  conditions: conditionCases,
  listing: listingCases,
  multipart: multipartCases,
  checksums: checksumCases,
  access: accessCases,
  versions: versionCases,
};

/** Runs all cases against a server. */
export function s3Conformance(
  name: string,
  start: () => Promise<Target & Partial<AsyncDisposable>>,
  known: KnownDifferences = {},
): void {
  describe(`S3 conformance: ${name}`, () => {
    let bench: Bench;
    let target: Target & Partial<AsyncDisposable>;
    beforeAll(async () => {
      target = await start();
      bench = new Bench(target);
      await bench.client.send(new CreateBucketCommand({ Bucket: bench.bucket }));
    });
    afterAll(async () => {
      bench.client.destroy();
      await target[Symbol.asyncDispose]?.();
    });
    const add = casesKnowing(known);
    for (const [group, cases] of Object.entries(CONFORMANCE))
      describe(group, () => {
        for (const { name: title, run } of cases) add(title, () => run(bench));
      });
  });
}
