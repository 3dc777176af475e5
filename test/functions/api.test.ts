import { expect, it } from 'vitest';
import { handler } from '../../functions/api.ts';
import { apiAnswerSchema } from '../../shared/pipeline/distributed/api-messages.ts';
import { withCloud } from './_cloud.ts';

withCloud();

it('answers in the form of its schema', async () => {
  const said = await handler({ action: 'report', name: 'nobody' });
  expect(apiAnswerSchema.parse(said)).toMatchObject({ state: 'failed', error: { code: 2 } });
});
