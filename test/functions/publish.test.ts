import { expect, it } from 'vitest';
import { handler } from '../../functions/publish.ts';

const END = { action: 'end', error: { Error: 'ToolError', Cause: 'S3' }, redrives: 0, toldAt: 0 };

it('ends an execution that has failed, unless it was redriven', async () => {
  await expect(handler(END)).rejects.toThrow('ToolError: S3');
  expect(await handler({ ...END, redrives: 1 })).toBeNull();
});

it('refuses what it does not know', async () => {
  await expect(handler({ action: 'forget' })).rejects.toThrow('Invalid option: expected one of');
});
