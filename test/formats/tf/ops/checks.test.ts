import { CHECKS } from '../../../../shared/formats/tf/ops/checks.ts';
import { testOps } from './_array-cases.ts';

testOps(CHECKS, ['Assert', 'NoOp', 'Placeholder']);
