import { afterAll, describe, expect, it } from 'vitest';
import { makeNode } from '../../shared/onnx/make-node.ts';
import type { Model } from '../../shared/onnx/model.ts';
import { parseModel } from '../../shared/onnx/text.ts';
import { MAX_REFUSALS, type Pass, type PassWork } from '../../shared/rewrite/pass.ts';
import { Refusal } from '../../shared/rewrite/refusal.ts';
import { runPasses, runToFixpoint } from '../../shared/rewrite/run-passes.ts';
import { closeSharedProcess } from '../../shared/runtime/shared-process.ts';

afterAll(closeSharedProcess);

const model = (nodes: string): Model =>
  parseModel(
    `<ir_version: 8, opset_import: ["": 17, "my.own": 1]> g (float[3] x) => (y) <float[10] w = {1,2,3,4,5,6,7,8,9,0}> { ${nodes} }`,
  );

const pass = (name: string, run: (work: PassWork) => void, needsTypes = false): Pass => ({
  name,
  identity: '',
  needsTypes,
  run,
});

/** Renames the first node of one operator to another. */
const turning = (from: string, to: string): Pass =>
  pass(`${from}-${to}`, (work) =>
    work.editGraphs(({ editor }) => {
      const found = [...editor.nodes()].find(({ opType }) => opType === from);
      if (found) editor.replace(found, makeNode(to, found.inputs, found.outputs));
    }),
  );

const ops = ({ graph }: Model): string => graph.nodes.map(({ opType }) => opType).join(' ');

describe('runPasses', () => {
  it('runs each once, in order, and says what each did', async () => {
    const inspected: string[] = [];
    const { model: after, report } = await runPasses(
      model('a = Neg (x) y = Neg (a)'),
      [turning('Neg', 'Abs'), turning('Abs', 'Exp'), turning('Sin', 'Cos')],
      { inspect: (each, name) => inspected.push(`${name}: ${ops(each)}`) },
    );
    expect(ops(after)).toBe('Exp Neg');
    expect(inspected).toEqual(['Neg-Abs: Abs Neg', 'Abs-Exp: Exp Neg', 'Sin-Cos: Exp Neg']);
    expect(report.map(({ changes }) => changes.nodesAdded)).toEqual([1, 1, 0]);
  });

  it('leaves a pass out that has nothing to do with the operators of the model, bodies included', async () => {
    const seen: string[] = [];
    const watching = (name: string): Pass => ({
      ...pass(name, () => void seen.push(name), true),
      concerns: (ops) => ops.has(name),
    });
    const text = `c = Greater (x, w) y = If (c) <
      then_branch = t () => (a) { a = Exp (x) }, else_branch = e () => (b) { b = my.own.Exp (x) } >`;
    const passes = ['If', 'Exp', 'my.own:Exp', 'Neg'].map(watching);
    const { report } = await runPasses(model(text), passes);
    expect(seen).toEqual(['If', 'Exp', 'my.own:Exp']);
    expect(report.map(({ name }) => name)).toEqual(['If', 'Exp', 'my.own:Exp', 'Neg']);
  });

  it('gives an untouched model back as it was', async () => {
    const before = model('y = Neg (x)');
    expect((await runPasses(before, [turning('Sin', 'Cos')])).model).toBe(before);
  });

  it('counts what replaces the whole model', async () => {
    const { report, model: after } = await runPasses(model('y = Neg (x)'), [
      pass('newer', (work) =>
        work.replaceModel({ ...work.model, irVersion: 9 }, { interfaceChanges: 1 }),
      ),
    ]);
    expect(after.irVersion).toBe(9);
    expect(report[0]?.changes).toMatchObject({ interfaceChanges: 1, nodesAdded: 0 });
  });

  it('names each refusal once, and not too many', async () => {
    const refusing = pass('refusing', (work) => {
      for (let i = 0; i < MAX_REFUSALS + 2; i++) {
        work.refuse(new Refusal('why', [`n${i}`]));
        work.refuse(new Refusal('why', [`n${i}`]));
      }
    });
    const { report } = await runPasses(model('y = Neg (x)'), [refusing]);
    expect(report[0]?.refusals).toHaveLength(MAX_REFUSALS);
    expect(report[0]?.refusalCount).toBe(MAX_REFUSALS + 2);
  });

  it('stops before the next pass when aborted', async () => {
    const abort = new AbortController();
    const stopping = pass('stopping', () => abort.abort(new Error('enough')));
    const running = runPasses(model('y = Neg (x)'), [stopping, turning('Neg', 'Abs')], {
      signal: abort.signal,
    });
    await expect(running).rejects.toThrow('enough');
  });

  it('lets passes add a tenth of the weights, all together', async () => {
    const grown: unknown[] = [];
    const growing = pass('growing', ({ growth }) => {
      grown.push({ ...growth });
      growth.used += 3;
    });
    await runPasses(model('y = Add (x, w)'), [growing, growing]);
    expect(grown).toEqual([
      { limit: 4, used: 0 },
      { limit: 4, used: 3 },
    ]);
  });

  it('infers types for those that need them', async () => {
    const seen: unknown[] = [];
    const looking = (needsTypes: boolean): Pass =>
      pass(
        'looking',
        (work) => work.editGraphs((graph) => seen.push(graph.shapeOf('a'))),
        needsTypes,
      );
    await runPasses(model('a = Neg (x) y = Abs (a)'), [looking(false), looking(true)]);
    expect(seen).toEqual([undefined, [3]]);
  });
});

describe('runToFixpoint', () => {
  it('runs rounds until one changes nothing, and no pass on a model that it left alone', async () => {
    const result = await runToFixpoint(
      model('a = Neg (x) y = Neg (a)'),
      [turning('Abs', 'Exp'), turning('Neg', 'Abs')],
      9,
    );
    expect(ops(result.model)).toBe('Exp Exp');
    // Three rounds and the first pass of the fourth: the second saw that model already.
    expect(result.report.map(({ name }) => name)).toEqual([
      'Abs-Exp',
      'Neg-Abs',
      'Abs-Exp',
      'Neg-Abs',
      'Abs-Exp',
      'Neg-Abs',
      'Abs-Exp',
    ]);
  });

  it('ends after so many rounds where passes undo one another', async () => {
    const undoing = [turning('Neg', 'Abs'), turning('Abs', 'Neg')];
    const { report } = await runToFixpoint(model('y = Neg (x)'), undoing, 3);
    expect(report).toHaveLength(6);
  });
});

describe('types that the caller knows', () => {
  const tensor = (shape: readonly (number | string | null)[]) =>
    ({ kind: 'tensor', elementType: 'float32', shape }) as const;
  /** What a pass is told of `a`. */
  async function told(
    types: ReadonlyMap<string, ReturnType<typeof tensor>>,
    nodes = 'a = Neg (x) y = Neg (a)',
  ): Promise<unknown> {
    let found: unknown;
    const reading = pass(
      'reading',
      (work) =>
        work.editGraphs((graph) => {
          found = graph.shapeOf('a');
        }),
      true,
    );
    await runPasses(model(nodes), [reading], { types });
    return found;
  }

  it('are taken where they tell all, before anything is inferred', async () => {
    // A shape that no inference gives.
    const types = new Map([
      ['a', tensor([5])],
      ['y', tensor([5])],
    ]);
    expect(await told(types)).toEqual([5]);
  });

  it('are inferred where they leave something out', async () => {
    expect(await told(new Map([['a', tensor([5])]]))).toEqual([3]);
    const open = [['a', tensor([null])] as const, ['y', tensor([5])] as const];
    const sizes = 'a = Neg (x) n = Shape (a) y = Reshape (a, n)';
    expect(await told(new Map([...open, ['n', tensor([1])] as const]), sizes)).toEqual([3]);
  });

  it('may leave dims out where nothing computes with sizes', async () => {
    const open = [['a', tensor([null])] as const, ['y', tensor([5])] as const];
    expect(await told(new Map(open))).toEqual([null]);
  });

  it('are learnt from passes, for those after them', async () => {
    const learning = pass('learning', (work) =>
      work.editGraphs((graph) => graph.learn('a', tensor([7]))),
    );
    let found: unknown;
    const reading = pass('reading', (work) =>
      work.editGraphs((graph) => {
        found = graph.shapeOf('a');
      }),
    );
    await runPasses(model('a = Neg (x) y = Neg (a)'), [learning, reading]);
    expect(found).toEqual([7]);
  });
});
