/** LiteRT.js, the runtime of TensorFlow Lite in WebAssembly: takes and gives float32 and int32. */
import { DefectError } from '../../base/errors.ts';
import { findPackage, packageAvailability } from './find-package.ts';
import { openInChild } from './open-in-child.ts';
import type { Reference } from './reference.ts';

const PACKAGE = '@litertjs/core';

export const litertReference: Reference = {
  name: 'LiteRT',
  formats: ['tflite'],
  available: async () => packageAvailability(PACKAGE, '^2.5.3'),
  async open({ path, ports }, options) {
    const found = findPackage(PACKAGE);
    if (!found) throw new DefectError(`${PACKAGE} was not looked for`);
    return openInChild(
      {
        title: `LiteRT ${found.version}`,
        module: found.url,
        model: { runtime: 'litert', path, folder: found.folder },
        ports,
      },
      options,
    );
  },
};
