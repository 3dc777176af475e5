import { concatIntoPad } from '../../shared/passes/concat-into-pad.ts';
import { goldenCases, running } from './_harness.ts';

goldenCases('concat-into-pad', running(concatIntoPad));
