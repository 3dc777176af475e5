import { inlineFunctions } from '../../shared/passes/inline-functions.ts';
import { goldenCases, running } from './_harness.ts';

goldenCases('inline-functions', running(inlineFunctions));
