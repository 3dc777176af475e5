import { transposeIntoReduce } from '../../shared/passes/transpose-into-reduce.ts';
import { goldenCases, running } from './_harness.ts';

goldenCases('transpose-into-reduce', running(transposeIntoReduce));
