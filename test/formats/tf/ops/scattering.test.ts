import { SCATTERING } from '../../../../shared/formats/tf/ops/scattering.ts';
import { testOps } from './_array-cases.ts';

testOps(SCATTERING);
