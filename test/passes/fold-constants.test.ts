import { foldConstants } from '../../shared/passes/fold-constants.ts';
import { goldenCases, running } from './_harness.ts';

goldenCases('fold-constants', running(foldConstants));
