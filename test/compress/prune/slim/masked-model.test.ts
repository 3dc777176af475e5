import { expect, it } from 'vitest';
import { maskedModel } from '../../../../shared/compress/prune/slim/masked-model.ts';
import { verifyModel } from '../../../../shared/onnx/verify.ts';
import { type Feed, feed, firstOutput } from '../../quantize/_numeric.ts';
import { NETS, net } from './_nets.ts';
import { traced } from './_removal.ts';

it('multiplies what is summed, once for all that reads it, and is the model while nothing is gone', async () => {
  const model = NETS.concatenations ?? net([], [], []);
  const { trace, groups } = await traced(model);
  const masked = maskedModel(model, trace);
  expect(verifyModel(masked.model)).toEqual([]);
  const masks = masked.masks(new Set());
  expect(Object.entries(masks).map(([name, { dims }]) => [name, dims])).toEqual([
    ['f_mask', [8, 1, 1]],
    ['fg_mask', [12, 1, 1]],
    ['fgh_mask', [18, 1, 1]],
  ]);
  const feeds = { x: feed([2, 3, 6, 6]) };
  const given = await firstOutput(masked.model, {
    ...feeds,
    ...(masks as Readonly<Record<string, Feed>>),
  });
  expect([...given]).toEqual([...(await firstOutput(model, feeds))]);
  const gone = masked.masks(new Set([groups[1]?.units[1]?.channel ?? -1]));
  const zeros = Object.values(gone).map(({ data }) =>
    Array.from(data as Float32Array).flatMap((value, at) => (value === 0 ? [at] : [])),
  );
  expect(zeros).toEqual([[], [9], [9]]);
});
