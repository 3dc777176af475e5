import { expect, it } from 'vitest';
import { handler } from '../../functions/measure.ts';

it('wants the address of an order', async () => {
  await expect(handler({ id: 'x' })).rejects.toThrow('order');
});
