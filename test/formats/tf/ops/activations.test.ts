import { ACTIVATIONS } from '../../../../shared/formats/tf/ops/activations.ts';
import { testOps } from './_array-cases.ts';

testOps(ACTIVATIONS);
