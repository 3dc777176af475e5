import { fuseGelu } from '../../shared/passes/fuse-gelu.ts';
import { goldenCases, running } from './_harness.ts';

goldenCases('fuse-gelu', running(fuseGelu));
