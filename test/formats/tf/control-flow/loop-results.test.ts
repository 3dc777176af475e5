import { describe, expect, it } from 'vitest';
import { caseNamed, errorOf, modelOf, opsOf } from './_cases.ts';

describe('what is left of a loop', () => {
  it.each([
    ['while collect', 'in each step up to its end', 0],
    ['while early stop', 'in fewer steps than it is long: zeros follow', 1],
    ['while pushes', 'at its end', 0],
    ['keras3 lstm softsign', 'again and again at one place', 0],
  ])('%s: a list that is written %s', async (name, _, pads) => {
    const example = caseNamed(name);
    const model = modelOf(example.graph);
    expect(opsOf(model).Pad ?? 0).toBe(pads);
    expect(await errorOf(model, example)).toBeLessThanOrEqual(1e-6);
  });

  it('counts no steps where the limit is below the start', async () => {
    const example = caseNamed('while power');
    expect(example.feeds.some((feed) => feed.n?.data === Buffer.alloc(4).toString('base64'))).toBe(
      true,
    );
    expect(await errorOf(modelOf(example.graph), example)).toBeLessThanOrEqual(1e-6);
  });
});
