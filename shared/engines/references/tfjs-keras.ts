/** TensorFlow.js as the reference of Keras files: those of whose layers it has all, and has them alike. */
import { DefectError } from '../../base/errors.ts';
import type { KerasFile } from '../../formats/keras/keras-file.ts';
import { majorOf } from '../../formats/keras/model-json.ts';
import { findPackage, packageAvailability } from './find-package.ts';
import { layerArrays } from './keras/layer-arrays.ts';
import { tfjsConfig } from './keras/tfjs-config.ts';
import { openInChild } from './open-in-child.ts';
import type { Reference, ReferenceSource } from './reference.ts';

const PACKAGE = '@tensorflow/tfjs';

export const tfjsKerasReference: Reference = {
  name: 'TensorFlow.js',
  formats: ['keras', 'h5'],
  available: async () => packageAvailability(PACKAGE, '^4.22.0'),
  async open(source, options) {
    const found = findPackage(PACKAGE);
    if (!found) throw new DefectError(`${PACKAGE} was not looked for`);
    using file = await openFile(source);
    const { config, version, weights } = file;
    const layers = {
      config: tfjsConfig(config, majorOf(version)),
      weights: layerArrays(config, weights),
    };
    return await openInChild(
      {
        title: `TensorFlow.js ${found.version}`,
        module: found.url,
        model: { runtime: 'tfjs', layers },
        ports: source.ports,
      },
      options,
    );
  },
};

/** The reader's libraries are loaded when one is opened. */
async function openFile({ path, format }: ReferenceSource): Promise<KerasFile> {
  return format === 'h5'
    ? (await import('../../formats/keras/read-h5.ts')).openH5File(path, path)
    : (await import('../../formats/keras/read-keras.ts')).openKerasFile(path, path);
}
