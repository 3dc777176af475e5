import { mergeCommonSubexpressions } from '../../shared/passes/merge-common-subexpressions.ts';
import { goldenCases, running } from './_harness.ts';

goldenCases('merge-common-subexpressions', running(mergeCommonSubexpressions));
