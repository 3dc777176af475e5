/** The facts of a training, for tests of what is said of them. */

import type { Training } from '../../shared/report/schema.ts';

export function makeTraining(change: Partial<Training> = {}): Training {
  return {
    name: 'slim-50',
    samples: 6000,
    validationSamples: 300,
    against: 'labels',
    loss: 'cross-entropy',
    batch: 64,
    rate: 0.001,
    metric: 'top1',
    states: [
      { state: 'start', validation: 0.11, score: 0.97 },
      { state: 'removed', validation: 2.2, score: 0.31 },
      { state: 'norms', validation: 0.9, score: 0.74 },
      { state: 'trained', validation: 0.13, score: 0.96 },
    ],
    epochs: [
      { epoch: 1, loss: 0.52, validation: 0.31 },
      { epoch: 2, loss: 0.22, validation: 0.13 },
      { epoch: 3, loss: 0.18, validation: 0.14 },
    ],
    planned: 3,
    best: 2,
    ...change,
  };
}
