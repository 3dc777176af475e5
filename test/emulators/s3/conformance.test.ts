import { s3Conformance } from './conformance.ts';
import { startS3 } from './start-s3.ts';

s3Conformance('the emulator', () => startS3());
