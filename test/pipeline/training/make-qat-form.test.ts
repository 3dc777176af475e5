import { expect, test } from 'vitest';
import { compressInput } from '../../../shared/pipeline/stages/compress-variant.ts';
import { makeQatForm } from '../../../shared/pipeline/training/make-qat-form.ts';
import { smallNetwork } from '../../compress/prune/_prunable.ts';
import { artifact, fakeWork } from '../stages/train/_fake-work.ts';

const inputOf = (variant: string) =>
  compressInput(fakeWork().work, { model: artifact('m'), variant, hardware: 'x64' });

const tools = {} as Parameters<typeof makeQatForm>[2];

test('a variant without training is none of it', async () => {
  await expect(makeQatForm(smallNetwork(), inputOf('int8'), tools)).rejects.toMatchObject({
    exitCode: 70,
  });
});

test('an opset in which nothing can be written is refused before anything runs', async () => {
  const input = { ...inputOf('int8-qat'), opset: 11 };
  const model = { ...smallNetwork(), opsets: new Map([['', 11]]) };
  await expect(makeQatForm(model, input, tools)).rejects.toMatchObject({ exitCode: 3 });
  // Types of 4 bits came with opset 21.
  const four = { ...inputOf('int4-qat'), opset: 20 };
  await expect(makeQatForm(smallNetwork(), four, tools)).rejects.toMatchObject({
    exitCode: 3,
    message: expect.stringContaining('needs opset 21'),
  });
});
