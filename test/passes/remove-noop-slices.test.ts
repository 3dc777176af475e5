import { removeNoopSlices } from '../../shared/passes/remove-noop-slices.ts';
import { goldenCases, running } from './_harness.ts';

goldenCases('remove-noop-slices', running(removeNoopSlices));
