/**
 * The same cases against another server:
 *
 *     FETTLE_TEST_S3_URL=http://127.0.0.1:7070 AWS_ACCESS_KEY_ID=… AWS_SECRET_ACCESS_KEY=… FETTLE_TEST_S3_NAME=versitygw
 *
 * Without a name nothing is known of it, and every difference fails.
 */
import { test } from 'vitest';
import type { KnownDifferences } from '../../contracts/known-differences.ts';
import { VERSITYGW } from '../../referees/known-differences.ts';
import { s3Conformance } from './conformance.ts';

/** By `FETTLE_TEST_S3_NAME`. */
const KNOWN: Readonly<Record<string, KnownDifferences>> = { versitygw: VERSITYGW };

const { env } = process;
const endpoint = env.FETTLE_TEST_S3_URL;

if (endpoint === undefined) test.skip('FETTLE_TEST_S3_URL names no other server', () => {});
else
  s3Conformance(
    endpoint,
    async () => ({
      endpoint,
      region: env.AWS_REGION ?? 'us-east-1',
      credentials: {
        accessKeyId: env.AWS_ACCESS_KEY_ID ?? '',
        secretAccessKey: env.AWS_SECRET_ACCESS_KEY ?? '',
      },
    }),
    KNOWN[env.FETTLE_TEST_S3_NAME ?? ''],
  );
