import { foldAffineBefore } from '../../shared/passes/fold-affine-before.ts';
import { goldenCases, running } from './_harness.ts';

goldenCases('fold-affine-before', running(foldAffineBefore));
