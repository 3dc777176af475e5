import { padIntoConv } from '../../shared/passes/pad-into-conv.ts';
import { goldenCases, running } from './_harness.ts';

goldenCases('pad-into-conv', running(padIntoConv));
