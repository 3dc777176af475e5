import { join } from 'node:path';
import { describe } from 'vitest';
import { goldenCases } from './_golden.ts';

describe('applyInt8', () => goldenCases(join(import.meta.dirname, 'apply-int8')));
