import { foldAffineAfter } from '../../shared/passes/fold-affine-after.ts';
import { goldenCases, running } from './_harness.ts';

goldenCases('fold-affine-after', running(foldAffineAfter));
