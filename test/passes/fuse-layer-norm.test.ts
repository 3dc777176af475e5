import { fuseLayerNorm } from '../../shared/passes/fuse-layer-norm.ts';
import { goldenCases, running } from './_harness.ts';

goldenCases('fuse-layer-norm', running(fuseLayerNorm));
