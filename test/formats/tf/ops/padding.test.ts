import { PADDING } from '../../../../shared/formats/tf/ops/padding.ts';
import { testOps } from './_array-cases.ts';

testOps(PADDING);
