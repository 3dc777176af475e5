import { simplifyArithmetic } from '../../shared/passes/simplify-arithmetic.ts';
import { goldenCases, running } from './_harness.ts';

goldenCases('simplify-arithmetic', running(simplifyArithmetic));
