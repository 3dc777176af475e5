/** TensorFlow.js, pure JavaScript: the reference of its own format, and of Keras models whose layers it has. */
import { DefectError } from '../../base/errors.ts';
import { findPackage, packageAvailability } from './find-package.ts';
import { openInChild } from './open-in-child.ts';
import type { Reference } from './reference.ts';

const PACKAGE = '@tensorflow/tfjs';

export const tfjsReference: Reference = {
  name: 'TensorFlow.js',
  formats: ['tfjs'],
  available: async () => packageAvailability(PACKAGE, '^4.22.0'),
  async open({ path, ports }, options) {
    const found = findPackage(PACKAGE);
    if (!found) throw new DefectError(`${PACKAGE} was not looked for`);
    return openInChild(
      {
        title: `TensorFlow.js ${found.version}`,
        module: found.url,
        model: { runtime: 'tfjs', path },
        ports,
      },
      options,
    );
  },
};
