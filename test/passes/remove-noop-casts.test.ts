import { removeNoopCasts } from '../../shared/passes/remove-noop-casts.ts';
import { goldenCases, running } from './_harness.ts';

goldenCases('remove-noop-casts', running(removeNoopCasts));
