/** Target `onnx`: the model as it is, run by onnxruntime. */
import { dirname } from 'node:path';
import { makeFolder } from '../../base/files.ts';
import { openModel } from '../../onnx/read-model.ts';
import { writeModel } from '../../onnx/write-model.ts';
import { openSession } from '../../runtime/session.ts';
import type { Engine } from '../engine.ts';
import { onnxruntimeAvailability } from './available.ts';

export const onnxEngine: Engine = {
  target: 'onnx',
  suffix: '.onnx',
  available: onnxruntimeAvailability,
  build: async (from, to) => {
    makeFolder(dirname(to));
    // Written anew, not copied: external data gets a name that fits the new file's.
    using opened = openModel(from);
    writeModel(opened.model, to);
  },
  open: openSession,
};
