import { removeIdentity } from '../../shared/passes/remove-identity.ts';
import { goldenCases, running } from './_harness.ts';

goldenCases('remove-identity', running(removeIdentity));
