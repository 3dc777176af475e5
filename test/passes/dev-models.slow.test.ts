import { describe, expect, it } from 'vitest';
import { DEV_MODELS } from '../../bench/_dev-models.ts';
import { countNodes, KNOWN_NODES } from '../../bench/_known-nodes.ts';
import { createRandom } from '../../shared/base/random.ts';
import type { NamedTensors, Tensor } from '../../shared/base/tensor.ts';
import { openModel } from '../../shared/onnx/read-model.ts';
import { verifyModel } from '../../shared/onnx/verify.ts';
import { optimizeExact } from '../../shared/passes/optimize-exact.ts';
import { largestDifference, outputsOf } from './_agree.ts';

/**
 * Deep models enlarge any rounding, on noise by 10 to 10,000. What is called the same here is measured:
 * the larger of what moving each input by a unit in its last place does to the original's outputs, and
 * of what onnxruntime's own optimizations do to them. Ours, the sum of many roundings, may do four
 * times that (at most 1.8 was seen).
 */
const TIMES = 4;

/** What the rewrites of a few nodes cost, see _agree.ts. */
const TOLERANCE = 2e-5;

/** Float inputs changed element by element. */
function changed(feeds: NamedTensors, change: (value: number) => number): NamedTensors {
  const entries = Object.entries(feeds).map(([name, tensor]): [string, Tensor] => [
    name,
    tensor.data instanceof Float32Array
      ? { ...tensor, type: 'float32', data: tensor.data.map(change) }
      : tensor,
  ]);
  return Object.fromEntries(entries);
}

function moved(feeds: NamedTensors): NamedTensors {
  const random = createRandom(3);
  return changed(feeds, (value) => value * (1 + (random.float() - 0.5) * 2 ** -22));
}

describe.each(Object.entries(DEV_MODELS))('%s', (name, { path, feeds }) => {
  it('has no more nodes than onnxslim and onnxsim leave', async () => {
    const known = Object.values(KNOWN_NODES[name] ?? {});
    expect(known).toHaveLength(2);
    using opened = openModel(path);
    const { model } = await optimizeExact(opened.model);
    expect(countNodes(model)).toBeLessThanOrEqual(Math.min(...known));
  });

  it('is verified after every pass, gives the same outputs, and does not change again', async () => {
    using opened = openModel(path);
    const problems: string[] = [];
    const { model } = await optimizeExact(opened.model, {
      inspect: (after, pass) =>
        problems.push(
          ...verifyModel(after).map(({ where, message }) => `${pass}: ${where}: ${message}`),
        ),
    });
    expect(problems).toEqual([]);

    const sets = [
      feeds,
      changed(feeds, () => 0),
      changed(feeds, (value) => -Math.abs(value)),
      changed(feeds, (value) => value * 10),
    ];
    const wanted = await outputsOf(opened.model, sets);
    const noisy = await outputsOf(opened.model, sets.map(moved));
    const optimized = await outputsOf(opened.model, sets, 'all');
    const got = await outputsOf(model, sets);
    wanted.forEach((outputs, set) => {
      expect(Object.keys(got[set] ?? {})).toEqual(Object.keys(outputs));
      for (const [output, values] of Object.entries(outputs)) {
        const noise = Math.max(
          largestDifference(values, noisy[set]?.[output] ?? []),
          largestDifference(values, optimized[set]?.[output] ?? []),
        );
        const difference = largestDifference(values, got[set]?.[output] ?? []);
        expect(difference, `${output} of set ${set}, noise ${noise}`).toBeLessThanOrEqual(
          Math.max(TOLERANCE, TIMES * noise),
        );
      }
    });

    const { report } = await optimizeExact(model);
    const changing = report.filter(({ changes }) => Object.values(changes).some((n) => n > 0));
    expect(changing.map(({ name }) => name)).toEqual([]);
  });
});
