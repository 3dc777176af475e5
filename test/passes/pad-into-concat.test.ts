import { padIntoConcat } from '../../shared/passes/pad-into-concat.ts';
import { goldenCases, running } from './_harness.ts';

goldenCases('pad-into-concat', running(padIntoConcat));
