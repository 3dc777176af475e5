import { fuseRmsNorm } from '../../shared/passes/fuse-rms-norm.ts';
import { goldenCases, running } from './_harness.ts';

goldenCases('fuse-rms-norm', running(fuseRmsNorm));
