import { fuseHardSigmoid } from '../../shared/passes/fuse-hard-sigmoid.ts';
import { goldenCases, running } from './_harness.ts';

goldenCases('fuse-hard-sigmoid', running(fuseHardSigmoid));
