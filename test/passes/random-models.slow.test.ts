/** Random models give the same outputs when they are optimized: the same ones each time. */
import { afterAll, expect, it } from 'vitest';
import { printModel } from '../../shared/onnx/text.ts';
import { verifyModel } from '../../shared/onnx/verify.ts';
import { optimizeExact } from '../../shared/passes/optimize-exact.ts';
import { closeSharedProcess } from '../../shared/runtime/shared-process.ts';
import { compareModels } from './_agree.ts';
import { feedSets } from './_feeds.ts';
import { randomModel } from './_random-model.ts';

afterAll(closeSharedProcess);

/** More find more: over 10,000 were run when this was written. */
const MODELS = Number(process.env.RANDOM_MODELS ?? 600);
const FIRST = Number(process.env.RANDOM_FIRST ?? 0);

/** In deep chains these leave the range of float32, or not, by the order of products: each pass has its own cases with them. */
const BEYOND = ['large', 'special', 'infinite'];

it(`${MODELS} random models`, async () => {
  const wrong: string[] = [];
  let ran = 0;
  let [before, after] = [0, 0];
  for (let seed = FIRST; seed < FIRST + MODELS; seed++) {
    const model = randomModel(seed);
    expect(verifyModel(model)).toEqual([]);
    const { model: optimized } = await optimizeExact(model);
    before += model.graph.nodes.length;
    after += optimized.graph.nodes.length;
    const problems = verifyModel(optimized).map(({ message }) => message);
    const sets = feedSets(model).filter(({ name }) => !BEYOND.includes(name));
    const compared = await compareModels(model, optimized, sets).catch((error: unknown) => ({
      problems: [String(error)],
      ran: 0,
    }));
    if ((await optimizeExact(optimized)).model !== optimized) problems.push('it changes again');
    ran += compared.ran;
    problems.push(...compared.problems);
    if (problems.length > 0)
      wrong.push(
        `seed ${seed}: ${problems.join('; ')}\n${printModel(model)}${printModel(optimized)}`,
      );
  }
  console.log(`${ran} runs; ${before} → ${after} nodes`);
  expect(wrong.slice(0, 3).join('\n')).toBe('');
  expect(ran).toBeGreaterThan(3 * MODELS);
  expect(after).toBeLessThan(0.7 * before);
});
