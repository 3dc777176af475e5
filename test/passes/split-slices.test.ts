import { splitSlices } from '../../shared/passes/split-slices.ts';
import { goldenCases, running } from './_harness.ts';

goldenCases('split-slices', running(splitSlices));
