/**
 * Golden cases: `test/passes/<name>/*.txt`, each a comment, a model, a line `---`, and what becomes of
 * it: a model, or nothing when it stays, then the refusals, one `refused: …` a line.
 *
 * Each case is verified before and after, run twice (idempotent), and compared numerically. Options
 * in the comment: `run: no` (onnxruntime cannot load the model), `before: invalid` (nor can the
 * verifier), `free: 3` (what free dimensions are; 2), `without: special, large (why)`
 * (sets of inputs that the operators leave open), and those of the transform.
 * `UPDATE_GOLDEN=1` writes the second part anew: read the difference.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Model } from '../../shared/onnx/model.ts';
import { parseModel, printModel } from '../../shared/onnx/text.ts';
import { verifyModel } from '../../shared/onnx/verify.ts';
import type { Pass } from '../../shared/rewrite/pass.ts';
import type { Refusal } from '../../shared/rewrite/refusal.ts';
import { runPasses } from '../../shared/rewrite/run-passes.ts';
import { compareModels } from './_agree.ts';
import { feedSets } from './_feeds.ts';

export interface Outcome {
  readonly model: Model;
  readonly refusals: readonly Refusal[];
}

/** `key: value` lines of the comment, e.g. `# to: 17`. */
export type CaseOptions = Readonly<Record<string, string>>;

export type Transform = (model: Model, options: CaseOptions) => Outcome | Promise<Outcome>;

const SEPARATOR = '\n---\n';

/** Registers a test for each case in the folder. */
export function goldenCases(folder: string, transform: Transform): void {
  const path = join(import.meta.dirname, folder);
  describe(`${folder} cases`, () => {
    for (const file of readdirSync(path)
      .filter((name) => name.endsWith('.txt'))
      .toSorted()) {
      it(file.replace(/\.txt$/, ''), async () => {
        const text = readFileSync(join(path, file), 'utf8');
        const [before = '', expected] = text.split(SEPARATOR);
        const options = optionsOf(before);
        const model = parseModel(withoutComments(before));
        if (options.before !== 'invalid') expect(verifyModel(model)).toEqual([]);
        const outcome = await transform(model, options);
        const found = describeOutcome(model, outcome);
        if (process.env.UPDATE_GOLDEN)
          writeFileSync(join(path, file), `${before}${SEPARATOR}${found}`);
        else expect(found).toBe(expected);
        expect(verifyModel(outcome.model)).toEqual([]);
        const again = await transform(outcome.model, options);
        expect(printModel(again.model)).toBe(printModel(outcome.model));
        if (options.run?.startsWith('no') || outcome.model === model) return;
        const { problems, ran } = await compareModels(
          model,
          outcome.model,
          feedSets(model, Number(options.free ?? 2)).filter(
            ({ name }) => !listOf(options.without).includes(name),
          ),
        );
        expect(problems).toEqual([]);
        expect(ran).toBeGreaterThan(0);
      });
    }
  });
}

function describeOutcome(before: Model, { model, refusals }: Outcome): string {
  const refused = refusals.map(({ reason, nodes }) => `refused: ${nodes.join(', ')}: ${reason}\n`);
  return [model === before ? '' : printModel(model), ...refused].join('');
}

function optionsOf(text: string): CaseOptions {
  const lines = text.matchAll(/^# (\w+): (.*)$/gm);
  return Object.fromEntries([...lines].map(([, key = '', value = '']) => [key, value]));
}

/** Names before a reason in brackets. */
function listOf(option: string | undefined): readonly string[] {
  return (option?.replace(/ \(.*/, '') ?? '').split(', ');
}

function withoutComments(text: string): string {
  return text
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .join('\n');
}

/** The transform that runs one pass, its model verified afterwards. */
export function running(...passes: readonly Pass[]): Transform {
  return async (model) => {
    const inspect = (after: Model, pass: string): void => {
      const [problem] = verifyModel(after);
      if (problem) throw new Error(`after ${pass}: ${problem.where}: ${problem.message}`);
    };
    const result = await runPasses(model, passes, { inspect });
    return { model: result.model, refusals: result.report.flatMap(({ refusals }) => refusals) };
  };
}
