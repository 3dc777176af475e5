import { SLICING } from '../../../../shared/formats/tf/ops/slicing.ts';
import { testOps } from './_array-cases.ts';

testOps(SLICING);
