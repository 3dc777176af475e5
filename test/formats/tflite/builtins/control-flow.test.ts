import { testFamily } from '../_compare.ts';

testFamily('control flow');
