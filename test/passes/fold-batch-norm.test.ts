import { foldBatchNorm } from '../../shared/passes/fold-batch-norm.ts';
import { goldenCases, running } from './_harness.ts';

goldenCases('fold-batch-norm', running(foldBatchNorm));
