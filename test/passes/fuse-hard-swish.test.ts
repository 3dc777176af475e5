import { fuseHardSwish } from '../../shared/passes/fuse-hard-swish.ts';
import { goldenCases, running } from './_harness.ts';

goldenCases('fuse-hard-swish', running(fuseHardSwish));
