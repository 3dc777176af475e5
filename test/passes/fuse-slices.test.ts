import { fuseSlices } from '../../shared/passes/fuse-slices.ts';
import { goldenCases, running } from './_harness.ts';

goldenCases('fuse-slices', running(fuseSlices));
