import { removeNoopReshapes } from '../../shared/passes/remove-noop-reshapes.ts';
import { goldenCases, running } from './_harness.ts';

goldenCases('remove-noop-reshapes', running(removeNoopReshapes));
