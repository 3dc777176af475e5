import { DIAGONALS } from '../../../../shared/formats/tf/ops/diagonals.ts';
import { testOps } from './_array-cases.ts';

testOps(DIAGONALS);
