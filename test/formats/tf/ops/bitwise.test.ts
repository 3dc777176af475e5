import { BITWISE } from '../../../../shared/formats/tf/ops/bitwise.ts';
import { testOps } from './_array-cases.ts';

testOps(BITWISE);
