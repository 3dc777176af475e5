import { removeNeutralArithmetic } from '../../shared/passes/remove-neutral-arithmetic.ts';
import { goldenCases, running } from './_harness.ts';

goldenCases('remove-neutral-arithmetic', running(removeNeutralArithmetic));
