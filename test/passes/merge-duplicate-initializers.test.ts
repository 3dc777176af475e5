import { mergeDuplicateInitializers } from '../../shared/passes/merge-duplicate-initializers.ts';
import { goldenCases, running } from './_harness.ts';

goldenCases('merge-duplicate-initializers', running(mergeDuplicateInitializers));
