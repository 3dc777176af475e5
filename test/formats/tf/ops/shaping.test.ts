import { SHAPING } from '../../../../shared/formats/tf/ops/shaping.ts';
import { testOps } from './_array-cases.ts';

testOps(SHAPING);
