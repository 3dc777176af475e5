import { padIntoPool } from '../../shared/passes/pad-into-pool.ts';
import { goldenCases, running } from './_harness.ts';

goldenCases('pad-into-pool', running(padIntoPool));
