import { ARITHMETIC } from '../../../../shared/formats/tf/ops/arithmetic.ts';
import { testOps } from './_array-cases.ts';

testOps(ARITHMETIC);
