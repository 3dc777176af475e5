import { s3Conformance } from './conformance.ts';
import { startS3 } from './start-s3.ts';

/** Parts of 5 MiB, as everywhere else, take seconds: that limit has a test of its own. */
const minPartBytes = 65_536;

s3Conformance('the emulator', async () => ({
  ...(await startS3({ limits: { minPartBytes } })),
  minPartBytes,
}));
