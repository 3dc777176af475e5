import { REDUCTION } from '../../../../shared/formats/tf/ops/reduction.ts';
import { testOps } from './_array-cases.ts';

testOps(REDUCTION);
