import { GATHERING } from '../../../../shared/formats/tf/ops/gathering.ts';
import { testOps } from './_array-cases.ts';

testOps(GATHERING);
