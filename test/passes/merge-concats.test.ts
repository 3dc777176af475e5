import { mergeConcats } from '../../shared/passes/merge-concats.ts';
import { goldenCases, running } from './_harness.ts';

goldenCases('merge-concats', running(mergeConcats));
