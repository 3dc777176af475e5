/** Target `ort`: onnxruntime's own format, smaller to load and read by its mobile and minimal builds. */
import { dirname } from 'node:path';
import { makeFolder } from '../../base/files.ts';
import { saveOptimized } from '../../runtime/save-optimized.ts';
import { openSession } from '../../runtime/session.ts';
import type { Engine } from '../engine.ts';
import { onnxruntimeAvailability } from './available.ts';

export const ortEngine: Engine = {
  target: 'ort',
  suffix: '.ort',
  available: onnxruntimeAvailability,
  build: async (from, to) => {
    makeFolder(dirname(to));
    // A loaded .ort is not optimized again: at `basic` quantized graphs would run in float. Above
    // `extended` the layout would fit the CPU that wrote it.
    await saveOptimized(from, to, { format: 'ort', level: 'extended' });
  },
  open: openSession,
};
