import { initializerInputs } from '../../shared/passes/initializer-inputs.ts';
import { goldenCases, running } from './_harness.ts';

goldenCases('initializer-inputs', running(initializerInputs));
