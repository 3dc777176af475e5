import { expect, it } from 'vitest';
import { handler } from '../../functions/advance.ts';

it('knows two actions', async () => {
  await expect(handler({ action: 'retreat', execution: 'x' })).rejects.toThrow('action');
});
