/** Every reference, the best first. */
import { litertReference } from './litert.ts';
import { pythonReference } from './python.ts';
import type { Reference } from './reference.ts';
import { tfjsReference } from './tfjs.ts';
import { tfjsKerasReference } from './tfjs-keras.ts';
import { tfjsNodeReference } from './tfjs-node.ts';

/** TensorFlow behind JavaScript goes before the reimplementations, those before what has to start Python. */
export const REFERENCES: readonly Reference[] = [
  tfjsNodeReference,
  tfjsReference,
  tfjsKerasReference,
  litertReference,
  pythonReference,
];
