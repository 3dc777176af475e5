import { ORDERING } from '../../../../shared/formats/tf/ops/ordering.ts';
import { testOps } from './_array-cases.ts';

testOps(ORDERING);
