/** The exact passes and the version converter on every model of ONNX's own test suite that onnxruntime runs. */
import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { UnsupportedError } from '../../shared/base/errors.ts';
import type { NamedTensors, Tensor } from '../../shared/base/tensor.ts';
import { memorySource } from '../../shared/onnx/byte-source.ts';
import { ExternalFiles } from '../../shared/onnx/external-data.ts';
import { allNodes } from '../../shared/onnx/graph-walk.ts';
import type { Model } from '../../shared/onnx/model.ts';
import { openModel } from '../../shared/onnx/read-model.ts';
import { tensorOf } from '../../shared/onnx/tensor-data.ts';
import { verifyModel } from '../../shared/onnx/verify.ts';
import { readTensor } from '../../shared/onnx/wire/tensor.ts';
import { WireReader } from '../../shared/onnx/wire/wire-reader.ts';
import { hasTrait } from '../../shared/ops/traits.ts';
import { optimizeExact } from '../../shared/passes/optimize-exact.ts';
import { raiseOpset } from '../../shared/passes/raise-opset.ts';
import { closeSharedProcess } from '../../shared/runtime/shared-process.ts';
import { machineHas } from '../e2e/machine-has.ts';
import { compareModels } from './_agree.ts';

/** Where Debian's libonnx-testdata puts its models; Apache-2.0. */
const CONFORMANCE = '/usr/share/libonnx-testdata/data';
const hasModels = machineHas(
  existsSync(CONFORMANCE),
  'Debian’s set of 1,072 conformance models',
  'Install it: apt-get install libonnx-testdata',
);

/** Versions that quantizers ask for, and the newest that onnxruntime 1.30 runs whole. */
const VERSIONS = [13, 17, 21, 23];

/** What onnxruntime 1.30 has no kernel for in its newest version. */
const NO_KERNEL = /Could not find an implementation for RoiAlign\(22\)/;

/** Calls `check` for each model with inputs that JavaScript can give; gives how many there were. */
async function forEachModel(
  check: (name: string, model: Model, feeds: NamedTensors) => Promise<void>,
): Promise<void> {
  const paths = globSync('**/*.onnx', { cwd: CONFORMANCE }).toSorted();
  for (const path of paths) {
    const whole = join(CONFORMANCE, path);
    using opened = openModel(whole);
    const { model } = opened;
    const feeds = feedsOf(whole, model);
    const isRandom = [...allNodes(model)].some((node) => hasTrait(node, 'random'));
    if (feeds && !isRandom) await check(dirname(path), model, feeds);
  }
}

function feedsOf(path: string, { graph }: Model): NamedTensors | undefined {
  const inputs = graph.inputs.filter(({ name }) => !graph.initializers.has(name));
  if ([...inputs, ...graph.outputs].some(({ type }) => type?.kind !== 'tensor')) return undefined;
  const folder = join(dirname(path), 'test_data_set_0');
  const files = existsSync(folder) ? readdirSync(folder) : [];
  const feeds: Record<string, Tensor> = {};
  graph.inputs.forEach(({ name }, index) => {
    const file = join(folder, `input_${index}.pb`);
    if (files.includes(`input_${index}.pb`)) feeds[name] = tensorFile(file);
  });
  return inputs.every(({ name }) => name in feeds) ? feeds : undefined;
}

function tensorFile(path: string): Tensor {
  const source = memorySource(readFileSync(path));
  return tensorOf(readTensor(new WireReader(source, new ExternalFiles(undefined))));
}

/** What disagrees; `undefined` when onnxruntime does not run the model as it is. */
async function disagreement(
  before: Model,
  after: Model,
  feeds: NamedTensors,
): Promise<readonly string[] | undefined> {
  const problems = verifyModel(after).map(({ where, message }) => `${where}: ${message}`);
  if (problems.length > 0) return verifyModel(before).length > 0 ? undefined : problems;
  const sets = [{ name: 'given', feeds }];
  const alone = await compareModels(before, before, sets).catch(() => undefined);
  if (!alone || alone.ran === 0) return undefined;
  const { problems: found } = await compareModels(before, after, sets).catch((error: unknown) => ({
    problems: [String(error)],
  }));
  return found;
}

describe.runIf(hasModels)('ONNX’s conformance models', () => {
  afterAll(closeSharedProcess);

  it('give the same outputs when they are optimized, also a second time', async () => {
    const wrong: string[] = [];
    let ran = 0;
    let changed = 0;
    await forEachModel(async (name, model, feeds) => {
      const { model: optimized } = await optimizeExact(model);
      const problems = await disagreement(model, optimized, feeds);
      if (!problems) return;
      ran++;
      if (optimized !== model) changed++;
      wrong.push(...problems.map((problem) => `${name}: ${problem}`));
      if (optimized !== model && (await optimizeExact(optimized)).model !== optimized)
        wrong.push(`${name}: changes again`);
    });
    console.log(`optimized: ${ran} ran, ${changed} of them changed`);
    expect(wrong).toEqual([]);
    expect(ran).toBeGreaterThan(850);
  });

  it.each(VERSIONS)('give the same outputs at opset %i', async (version) => {
    const wrong: string[] = [];
    const refused: string[] = [];
    let ran = 0;
    await forEachModel(async (name, model, feeds) => {
      if ((model.opsets.get('') ?? version) >= version) return;
      try {
        const problems = await disagreement(model, raiseOpset(model, version), feeds);
        if (!problems) return;
        ran++;
        wrong.push(...problems.map((problem) => `${name}: ${problem}`));
      } catch (error) {
        if (!(error instanceof UnsupportedError)) throw error;
        refused.push(`${name}: ${error.message}`);
      }
    });
    console.log(
      `opset ${version}: ${ran} ran; refused (${refused.length}):\n${refused.join('\n')}`,
    );
    expect(wrong.filter((line) => !NO_KERNEL.test(line))).toEqual([]);
    expect(ran).toBeGreaterThan(150);
  });
});
