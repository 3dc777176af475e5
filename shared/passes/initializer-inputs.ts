/** Before IR 4 weights had to be listed as inputs; later IRs read such a list as defaults to be overridden. */
import type { Pass } from '../rewrite/pass.ts';
import { withIrVersion } from './raise-opset/ir-version.ts';

export const initializerInputs: Pass = {
  name: 'initializer-inputs',
  identity: 'IR 3, inputs (x, w) with initializer w = IR 4, inputs (x) with initializer w',
  needsTypes: false,
  run: (work) => {
    const { model } = work;
    if (model.irVersion >= 4) return;
    work.replaceModel(withIrVersion(model, model.opsets.get('') ?? 0), { interfaceChanges: 1 });
  },
};
