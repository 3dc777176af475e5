/**
 * Golden cases of static quantization: `*.txt`, each a comment, a float model, a line `---`, the quantized
 * model, and what stays in float, one `kept: …` a line.
 *
 * Options in the comment: `hardware: arm64` (x64), `groups: pool` (those the search starts with),
 * `seen: x 0 6, t none` (values that are not named: −4 to 4; `none`: reached by no sample).
 * `UPDATE_GOLDEN=1` writes the second part anew: read the difference.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parseHardware } from '../../../../shared/base/hardware.ts';
import { applyInt8 } from '../../../../shared/compress/quantize/int8/apply-int8.ts';
import type { Int8Plan } from '../../../../shared/compress/quantize/int8/int8-plan.ts';
import {
  ELEMENTWISE_GROUPS,
  type ElementwiseGroup,
} from '../../../../shared/compress/quantize/int8/node-groups.ts';
import type { Model } from '../../../../shared/onnx/model.ts';
import { parseModel, printModel } from '../../../../shared/onnx/text.ts';
import { verifyModel } from '../../../../shared/onnx/verify.ts';
import { outputsOf } from '../../../passes/_agree.ts';
import { feedSets } from '../../../passes/_feeds.ts';
import { relativeError } from '../_numeric.ts';
import { planOf, type Seen } from './_plan.ts';

const SEPARATOR = '\n---\n';
/** Values are within −4 and 4 and a step is 8/255: rounding alone is about 0.4 % of them, for inputs, weights and outputs. */
const MAX_ERROR = 0.02;

/** Registers a test for each case in the folder. */
export function goldenCases(path: string): void {
  for (const file of readdirSync(path).toSorted()) {
    it(file.replace(/\.txt$/, ''), async () => {
      const [before = '', expected] = readFileSync(join(path, file), 'utf8').split(SEPARATOR);
      const model = parseModel(`${before}\n`.replaceAll(/^#.*\n/gm, ''));
      expect(verifyModel(model)).toEqual([]);
      const options = new Map(
        [...before.matchAll(/^# (\w+): (.*)$/gm)].map(([, key = '', value = '']) => [key, value]),
      );
      const hardware = parseHardware(options.get('hardware') ?? 'x64', file);
      const groups = options.get('groups');
      const plan = planOf(model, {
        hardware,
        seen: seenOf(options.get('seen')),
        ...(groups === undefined ? {} : { groups: groupsOf(groups) }),
      });
      const quantized = applyInt8(model, plan);
      const found = printModel(quantized) + keptText(plan);
      if (process.env.UPDATE_GOLDEN)
        writeFileSync(join(path, file), `${before}${SEPARATOR}${found}`);
      else expect(found).toBe(expected);
      expect(verifyModel(quantized)).toEqual([]);
      await expectNear(model, quantized, hardware === 'x64' || hardware === 'web');
    });
  }
}

/** As close as 8 bits are; where sums cannot overflow on any CPU, also with onnxruntime's integer kernels. */
async function expectNear(model: Model, quantized: Model, isSafe: boolean): Promise<void> {
  const feeds = feedSets(model)
    .filter(({ name }) => name === 'ordinary' || name === 'zeros')
    .map((set) => set.feeds);
  const wanted = await outputsOf(model, feeds);
  const exact = await outputsOf(quantized, feeds);
  // Loads it in any case: fusing must not fail.
  const fused = await outputsOf(quantized, feeds, 'all');
  for (const [index, outputs] of wanted.entries()) {
    for (const [name, values] of Object.entries(outputs)) {
      expect(values.length).toBeGreaterThan(0);
      const isZero = Array.from(values).every((value) => value === 0);
      for (const given of isSafe ? [exact, fused] : [exact]) {
        const got = given[index]?.[name] ?? [];
        if (isZero) expect(Array.from(got, Math.abs), name).toEqual(Array.from(values, () => 0));
        else expect(relativeError(got, values), `${name} of set ${index}`).toBeLessThan(MAX_ERROR);
      }
    }
  }
}

function keptText({ kept }: Int8Plan): string {
  return kept
    .map(({ scope, name, op, reason }) => `kept: ${scope}${name} = ${op}: ${reason}\n`)
    .join('');
}

function seenOf(option: string | undefined): Seen {
  const parts = option?.split(', ').map((part) => part.split(' ')) ?? [];
  return Object.fromEntries(
    parts.map(([key = '', min, max]) => [key, min === 'none' ? null : [Number(min), Number(max)]]),
  );
}

function groupsOf(option: string): ElementwiseGroup[] {
  const names = option.split(', ');
  return (Object.keys(ELEMENTWISE_GROUPS) as ElementwiseGroup[]).filter((group) =>
    names.includes(group),
  );
}
