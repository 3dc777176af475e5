import { inlineIf } from '../../shared/passes/inline-if.ts';
import { goldenCases, running } from './_harness.ts';

goldenCases('inline-if', running(inlineIf));
