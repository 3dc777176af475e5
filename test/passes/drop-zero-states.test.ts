import { dropZeroStates } from '../../shared/passes/drop-zero-states.ts';
import { goldenCases, running } from './_harness.ts';

goldenCases('drop-zero-states', running(dropZeroStates));
