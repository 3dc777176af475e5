import { testFamily } from '../_compare.ts';

testFamily('shape');
