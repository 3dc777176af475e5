import { mergeTransposes } from '../../shared/passes/merge-transposes.ts';
import { goldenCases, running } from './_harness.ts';

goldenCases('merge-transposes', running(mergeTransposes));
