import { unflattenMatmul } from '../../shared/passes/unflatten-matmul.ts';
import { goldenCases, running } from './_harness.ts';

goldenCases('unflatten-matmul', running(unflattenMatmul));
