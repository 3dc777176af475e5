import { constantsToInitializers } from '../../shared/passes/constants-to-initializers.ts';
import { goldenCases, running } from './_harness.ts';

goldenCases('constants-to-initializers', running(constantsToInitializers));
