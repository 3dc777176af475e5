import { afterAll, describe, expect, it } from 'vitest';
import { applySlimming } from '../../../../shared/compress/prune/slim/apply-slimming.ts';
import { planSlimming } from '../../../../shared/compress/prune/slim/plan-slimming.ts';
import { float32Tensor } from '../../../../shared/onnx/make-tensor.ts';
import type { Model } from '../../../../shared/onnx/model.ts';
import { floatValues } from '../../../../shared/onnx/tensor-data.ts';
import { RuntimeProcess } from '../../../../shared/runtime/runtime-process.ts';
import { feed, firstOutput, relativeError } from '../../quantize/_numeric.ts';
import { normalSource } from '../../quantize/int8/_samples.ts';
import { NETS, net, PLAIN } from './_nets.ts';

const RESIDUAL = NETS['residual sums'] ?? net([], [], []);
/** Without it, each plan starts a child of its own. */
const process = new RuntimeProcess();
afterAll(() => process.close());

const samples = normalSource(8, 'x', [2, 3, 6, 6]);

/** Without what makes these channels: they are zero from the start. */
function withDead(model: Model, name: string, dead: readonly number[]): Model {
  const tensor = model.graph.initializers.get(name) ?? float32Tensor(name, [0], []);
  const inner = floatValues(tensor).length / (tensor.dims[0] ?? 1);
  const values = floatValues(tensor).map((value, at) =>
    dead.includes(Math.floor(at / inner)) ? 0 : value,
  );
  const initializers = new Map(model.graph.initializers).set(
    name,
    float32Tensor(name, tensor.dims, values),
  );
  return { ...model, graph: { ...model.graph, initializers } };
}

describe('planSlimming', () => {
  it('is JSON that says what goes, why, what stays, and what comes of it', async () => {
    const plan = await planSlimming(RESIDUAL, { percent: 50, samples, process });
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
    expect(plan).toMatchObject({
      schema: 'fettle.slim-plan/1',
      percent: 50,
      channels: 20,
      samples: 8,
      groups: [
        { name: 's0', makers: ['s0', 'h2', 'h3'], width: 1, least: 2 },
        { name: 'h0', makers: ['h0'], width: 1, least: 2 },
      ],
      whole: [{ name: 'y', channels: 4, reason: "they are in output 'y'" }],
      before: { parameters: 216 + 864 + 96 + 576 + 32 },
    });
    // Ten, in steps of four.
    expect(plan.removed).toBe(12);
    const slim = await applySlimming(RESIDUAL, plan);
    const weights = [...slim.graph.initializers.values()].map(({ dims }) =>
      dims.reduce((all, dim) => all * dim, 1),
    );
    expect(plan.after.parameters).toBe(weights.reduce((sum, count) => sum + count, 0));
    expect(plan.after.multiplyAdds).toBeLessThan(0.5 * (plan.before.multiplyAdds ?? 0));
  });

  it('is the same for the same model and samples', async () => {
    const plans = [1, 2].map(() => planSlimming(RESIDUAL, { percent: 50, samples, process }));
    const [first, second] = await Promise.all(plans);
    expect(second).toEqual(first);
  });

  it.each(['with samples', 'without'])('removes dead channels first, %s', async (how) => {
    const dead = [0, 2, 3, 7];
    const model = withDead(RESIDUAL, 'b', dead);
    const options = how === 'without' ? {} : { samples };
    const plan = await planSlimming(model, { percent: 20, process, ...options });
    const hidden = plan.groups.find(({ name }) => name === 'h0');
    expect(hidden?.removed).toEqual(dead);
    const only = plan.groups.map((group) => ({
      ...group,
      removed: group === hidden ? group.removed : [],
    }));
    const slim = await applySlimming(model, { ...plan, groups: only });
    const feeds = { x: feed([2, 3, 6, 6]) };
    const [given, wanted] = [await firstOutput(slim, feeds), await firstOutput(model, feeds)];
    expect(relativeError(given, wanted)).toBeLessThan(1e-5);
  });

  it('refuses percentages that leave all or nothing', async () => {
    await expect(planSlimming(PLAIN, { percent: 0 })).rejects.toThrow('percent must be above 0');
    await expect(planSlimming(PLAIN, { percent: 100 })).rejects.toThrow('below 100: 100');
  });

  it('has no groups where nothing can go', async () => {
    const model = net([2, 3], [2, 3], []);
    const plan = await planSlimming(
      { ...model, graph: { ...model.graph, nodes: [{ ...PLAIN.graph.nodes[1], ...IDENTITY }] } },
      { percent: 50, samples: normalSource(1, 'x', [2, 3]) },
    );
    expect([plan.groups, plan.channels, plan.removed]).toEqual([[], 0, 0]);
    expect(await applySlimming(model, plan)).toBe(model);
  });
});

const IDENTITY = {
  opType: 'Identity',
  domain: '',
  name: '',
  inputs: ['x'],
  outputs: ['y'],
  attributes: new Map(),
};
