/**
 * Names of variables to keys of the checkpoint, by the graph of objects that it holds: for files that have
 * no function that restores. Source: tensorflow/core/protobuf/trackable_object_graph.proto.
 */
import { memorySource } from '../../onnx/byte-source.ts';
import type { Budget } from '../tf/proto/budget.ts';
import { TfReader } from '../tf/proto/tf-reader.ts';
import type { Checkpoint } from './checkpoint.ts';

const KEY = '_CHECKPOINTABLE_OBJECT_GRAPH';

/** By full names; those that two variables share are left out, as nothing tells them apart. */
export function keysByVariable(
  checkpoint: Checkpoint,
  budget: Budget,
): ReadonlyMap<string, string> {
  if (!checkpoint.has(KEY)) return new Map();
  const { storage } = checkpoint.tensor(KEY);
  const [encoded] = storage.kind === 'strings' ? storage.values : [];
  const found = new Map<string, string | undefined>();
  const reader = new TfReader(memorySource(encoded ?? new Uint8Array(), KEY), budget);
  while (reader.next()) {
    if (reader.field !== 1) reader.skip();
    else
      reader.message(() => {
        while (reader.next()) {
          if (reader.field !== 2) reader.skip();
          else {
            const { fullName, key } = reader.message(() => readSavedTensor(reader));
            reader.charge(100);
            found.set(fullName, found.has(fullName) ? undefined : key);
          }
        }
      });
  }
  found.delete('');
  return new Map([...found].flatMap(([name, key]) => (key === undefined ? [] : [[name, key]])));
}

/** The current SerializedTensor. */
function readSavedTensor(reader: TfReader): { fullName: string; key: string } {
  let fullName = '';
  let key = '';
  while (reader.next()) {
    if (reader.field === 2) fullName = reader.string();
    else if (reader.field === 3) key = reader.string();
    else reader.skip();
  }
  return { fullName, key };
}
