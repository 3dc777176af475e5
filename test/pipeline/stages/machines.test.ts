import { expect, test } from 'vitest';
import {
  machineFor,
  machinesOf,
  nativeHardware,
  onlyOn,
  onMachine,
  runsOn,
  whyNotMeasured,
  workOn,
} from '../../../shared/pipeline/stages/machines.ts';
import { digitsWork } from '../digits-work.ts';
import { inlineContext } from '../inline-context.ts';

const x64 = { cpu: 'x', features: ['avx2'], cores: 2 };
const vnni = { ...x64, features: ['avx2', 'avx512_vnni'] };
const arm64 = { cpu: 'a', features: ['neon'], cores: 2 };
const both = { machine: x64, otherMachines: [arm64] };

test('what runs where', () => {
  expect(runsOn('x64', x64)).toBe(true);
  expect(runsOn('x64', arm64)).toBe(false);
  expect(runsOn('x64-vnni', x64)).toBe(false);
  expect(runsOn('x64-vnni', vnni)).toBe(true);
  expect(runsOn('arm64', arm64)).toBe(true);
  expect(runsOn('arm64', x64)).toBe(false);
  expect(runsOn('cuda', x64) || runsOn('web', x64)).toBe(false);
});

test('each hardware is measured on the first machine that is it', () => {
  expect(machinesOf(both)).toEqual([x64, arm64]);
  expect(machineFor('arm64', both)).toBe(arm64);
  expect(machineFor('x64', both)).toBe(x64);
  expect(machineFor('arm64', { machine: x64 })).toBeUndefined();
});

test('one hardware is chosen by: that of the job’s own machine, else of another', () => {
  expect(nativeHardware(['cuda', 'arm64', 'x64'], both)).toBe('x64');
  expect(nativeHardware(['cuda', 'arm64'], both)).toBe('arm64');
  expect(nativeHardware(['cuda', 'web'], both)).toBeUndefined();
  const context = inlineContext(both);
  expect(onlyOn(context, 'arm64')).toMatchObject({ machine: arm64, otherMachines: [] });
  expect(onlyOn(context, 'web').machine).toBe(x64);
  expect(onlyOn(inlineContext(), 'arm64')).not.toHaveProperty('otherMachines');
});

test('tasks of another machine have another name', async () => {
  const work = await digitsWork({}, inlineContext(both));
  expect(onMachine(work.context)).toBe('');
  expect(onMachine(workOn(work, arm64).context)).toBe(' on arm64');
});

test('why there are no numbers depends on whose machines they are', () => {
  expect(whyNotMeasured('arm64', { machine: x64 })).toBe('not measured: this machine is no arm64');
  expect(whyNotMeasured('arm64', { machine: x64, otherMachines: [] })).toBe(
    'not measured: this stack has no machine that is arm64',
  );
});
