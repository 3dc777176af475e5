import { fuseCasts } from '../../shared/passes/fuse-casts.ts';
import { goldenCases, running } from './_harness.ts';

goldenCases('fuse-casts', running(fuseCasts));
