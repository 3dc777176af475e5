import { COMPARISON } from '../../../../shared/formats/tf/ops/comparison.ts';
import { testOps } from './_array-cases.ts';

testOps(COMPARISON);
