import { simplifyReshapes } from '../../shared/passes/simplify-reshapes.ts';
import { goldenCases, running } from './_harness.ts';

goldenCases('simplify-reshapes', running(simplifyReshapes));
