import { expect, test } from 'vitest';
import { type Order, orderSchema } from '../../../action/local/order.ts';

const order: Order = {
  models: [
    {
      name: 'digits',
      source: 'models/digits.keras',
      base: 'digits.keras',
      isNew: false,
      settings: { ship: 'int8', variants: ['int8'], budget: { size: '+5%' } },
      folder: '',
      where: 'fettle.yml:3',
      candidates: [],
    },
    { removed: { name: 'gone', path: 'gone.onnx' } },
  ],
  comparison: { head: { label: 'change' } },
  headRoot: '/head',
  baseRoot: '/base',
  isTrusted: true,
  storeFolder: '/store',
  out: '/out',
  keepsArtifacts: false,
};

test('what is written is what is read', () => {
  expect(orderSchema.parse(JSON.parse(JSON.stringify(order)))).toEqual(order);
});

test('what neither side knows is refused', () => {
  expect(() => orderSchema.parse({ ...order, token: 'x' })).toThrow(/token/);
});
