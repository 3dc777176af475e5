import { Command } from 'commander';
import { expect, test } from 'vitest';
import {
  addDataOptions,
  addGlobalOptions,
  addMakeOptions,
  addMeasureOptions,
  addReaderOptions,
} from '../../shared/cli/options.ts';

test('flags arrive under the names that settings read', () => {
  const command = new Command();
  addGlobalOptions(addMeasureOptions(addDataOptions(command)));
  command.argument('<model>');
  command.parse(
    [
      '--data',
      'a',
      '--shape',
      'x=1',
      '--no-color',
      '-q',
      '--remeasure',
      '--shape',
      'y=2',
      'm.onnx',
    ],
    { from: 'user' },
  );
  // What follows a shape is no shape.
  expect(command.args).toEqual(['m.onnx']);
  expect(command.opts()).toMatchObject({
    data: 'a',
    shape: ['x=1', 'y=2'],
    color: false,
    quiet: true,
    remeasure: true,
  });
});

test('every command reads the same part of a model', () => {
  const command = addReaderOptions(new Command());
  command.parse(['--signature', 's', '--inputs', 'a:0', '--outputs', 'b:0,c:0'], { from: 'user' });
  expect(command.opts()).toEqual({ signature: 's', inputs: 'a:0', outputs: 'b:0,c:0' });
});

test('what training takes is offered', () => {
  const command = addMakeOptions(new Command());
  const flags = [
    '--training',
    't.npz',
    '--minutes',
    '3',
    '--teacher',
    't.onnx',
    '--student',
    's.h5',
  ];
  command.parse(flags, { from: 'user' });
  expect(command.opts()).toMatchObject({
    ...{ training: 't.npz', minutes: '3' },
    ...{ teacher: 't.onnx', student: 's.h5' },
  });
  for (const flag of flags.filter((one) => one.startsWith('--')))
    expect(command.helpInformation()).toContain(flag);
});
