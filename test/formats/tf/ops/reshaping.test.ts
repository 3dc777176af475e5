import { RESHAPING } from '../../../../shared/formats/tf/ops/reshaping.ts';
import { testOps } from './_array-cases.ts';

testOps(RESHAPING);
