import { expect, test } from 'vitest';
import { findPackage } from '../../../shared/engines/references/find-package.ts';
import { tfjsNodeReference } from '../../../shared/engines/references/tfjs-node.ts';

// Its binary is not for this Node: what the child does with it is tested on a stub of the same contract.
test.skipIf(findPackage('@tensorflow/tfjs-node'))('says which package to install', async () => {
  expect(await tfjsNodeReference.available()).toEqual({
    available: false,
    reason: expect.stringContaining('npm install --save-dev "@tensorflow/tfjs-node@^4.22.0"'),
  });
});
