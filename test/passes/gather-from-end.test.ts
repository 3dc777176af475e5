import { gatherFromEnd } from '../../shared/passes/gather-from-end.ts';
import { goldenCases, running } from './_harness.ts';

goldenCases('gather-from-end', running(gatherFromEnd));
