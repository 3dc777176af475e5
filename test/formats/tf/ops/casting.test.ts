import { CASTING } from '../../../../shared/formats/tf/ops/casting.ts';
import { testOps } from './_array-cases.ts';

testOps(CASTING);
