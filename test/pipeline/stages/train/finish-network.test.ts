import { expect, test } from 'vitest';
import { finishNetwork } from '../../../../shared/pipeline/stages/train/finish-network.ts';
import { artifact, FACTS, fakeWork, inputsOf } from './_fake-work.ts';

test('the highest opset that may be written goes with it', async () => {
  const fake = fakeWork({ settings: { opset: 18 } });
  expect(await finishNetwork(fake.work, artifact('trained'), 'x')).toEqual({
    model: artifact('finished'),
    facts: FACTS,
  });
  expect(inputsOf(fake, 'finish')).toEqual([{ model: artifact('trained'), opset: 18, shapes: {} }]);
});
