import { expect, it } from 'vitest';
import { caseOf, expectSame } from '../_compare.ts';

it.each(['svdf_rank1', 'svdf_rank2'])(
  '%s keeps its state in an input and an output',
  async (name) => {
    const item = caseOf(name);
    expect(item.steps.length).toBeGreaterThan(4);
    const { graph } = await expectSame(item);
    expect(graph.inputs.map((port) => port.name)).toEqual(['x', 'state']);
    expect(graph.outputs.map((port) => port.name)).toEqual(['y', 'state_next']);
  },
);
