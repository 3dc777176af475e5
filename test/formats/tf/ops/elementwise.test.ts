import { ELEMENTWISE } from '../../../../shared/formats/tf/ops/elementwise.ts';
import { testOps } from './_array-cases.ts';

testOps(ELEMENTWISE);
