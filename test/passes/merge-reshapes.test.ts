import { mergeReshapes } from '../../shared/passes/merge-reshapes.ts';
import { goldenCases, running } from './_harness.ts';

goldenCases('merge-reshapes', running(mergeReshapes));
