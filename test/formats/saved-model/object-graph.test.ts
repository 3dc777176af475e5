import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeTempDir } from '../../../shared/base/files.ts';
import { Checkpoint } from '../../../shared/formats/saved-model/checkpoint.ts';
import { keysByVariable } from '../../../shared/formats/saved-model/object-graph.ts';
import { Budget } from '../../../shared/formats/tf/proto/budget.ts';
import { join as bytes, varint } from '../../onnx/_hostile.ts';
import { message, number, text } from '../tf/proto/_wire.ts';
import { modelFolder } from './_models.ts';
import { block, tableOf } from './_sstable.ts';

const object = (...saved: [name: string, key: string][]): Uint8Array =>
  message(
    1,
    ...saved.map(([name, key]) =>
      message(2, text(1, 'VARIABLE_VALUE'), text(2, name), text(3, key)),
    ),
  );

it('takes names that are one variable each', () => {
  const graph = bytes(
    object(),
    object(['a', 'x/a'], ['twice', 'x/1']),
    object(['twice', 'x/2'], ['', 'none']),
  );
  const data = bytes(varint(graph.length), [0, 0, 0, 0], graph);
  const folder = makeTempDir('test');
  const place = bytes(number(1, 7), number(5, data.length));
  writeFileSync(join(folder, 'v.data-00000-of-00001'), data);
  const entries = [
    ['', number(1, 1)],
    ['_CHECKPOINTABLE_OBJECT_GRAPH', place],
  ] as const;
  writeFileSync(join(folder, 'v.index'), tableOf([block(entries)]));
  const budget = new Budget('v');
  using checkpoint = new Checkpoint(join(folder, 'v'), budget);
  expect(keysByVariable(checkpoint, budget)).toEqual(new Map([['a', 'x/a']]));
});

it('reads one of TensorFlow', () => {
  const budget = new Budget('v');
  using checkpoint = new Checkpoint(
    `${modelFolder('module_without_saver')}/variables/variables`,
    budget,
  );
  expect(keysByVariable(checkpoint, budget).get('kernel')).toBe('w/.ATTRIBUTES/VARIABLE_VALUE');
});

it('needs none', () => {
  const budget = new Budget('v');
  using checkpoint = new Checkpoint(`${modelFolder('tf1_variables')}/variables/variables`, budget);
  expect(keysByVariable(checkpoint, budget).size).toBe(0);
});
