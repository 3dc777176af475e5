import { PRODUCTS } from '../../../../shared/formats/tf/ops/products.ts';
import { testOps } from './_array-cases.ts';

testOps(PRODUCTS);
