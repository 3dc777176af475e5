import { foldShapes } from '../../shared/passes/fold-shapes.ts';
import { goldenCases, running } from './_harness.ts';

goldenCases('fold-shapes', running(foldShapes));
