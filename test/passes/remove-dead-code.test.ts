import { removeDeadCode } from '../../shared/passes/remove-dead-code.ts';
import { goldenCases, running } from './_harness.ts';

goldenCases('remove-dead-code', running(removeDeadCode));
