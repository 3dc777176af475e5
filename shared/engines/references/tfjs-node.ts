/** @tensorflow/tfjs-node, TensorFlow itself behind JavaScript: the best reference for SavedModels. */
import { DefectError } from '../../base/errors.ts';
import { findPackage, packageAvailability } from './find-package.ts';
import { openInChild } from './open-in-child.ts';
import type { Reference } from './reference.ts';

const PACKAGE = '@tensorflow/tfjs-node';

export const tfjsNodeReference: Reference = {
  name: 'TensorFlow (tfjs-node)',
  formats: ['saved-model'],
  available: async () => packageAvailability(PACKAGE, '^4.22.0'),
  async open({ path, ports, signature = 'serving_default' }, options) {
    const found = findPackage(PACKAGE);
    if (!found) throw new DefectError(`${PACKAGE} was not looked for`);
    return openInChild(
      {
        title: `TensorFlow (tfjs-node ${found.version})`,
        module: found.url,
        model: { runtime: 'tfjs-node', path, signature },
        ports,
      },
      options,
    );
  },
};
