/** The largest size of each channel of a value, computed inside the graph. */
import type { Model } from '../../../../onnx/model.ts';
import { foldOutputs } from '../../../../runtime/fold-outputs.ts';
import type { SessionOptions } from '../../../../runtime/session.ts';
import { keyOf } from '../scopes.ts';
import type { Samples } from '../statistics/collect-ranges.ts';
import { Steps } from '../statistics/steps.ts';
import { type Tap, tapModel } from '../statistics/tap.ts';
import type { Link } from './find-links.ts';

/** Peaks max |x| of each channel, by {@link keyOf} of the link's value; none where no sample came by. */
export async function collectPeaks(
  model: Model,
  links: readonly Link[],
  samples: Samples,
  options: SessionOptions = {},
): Promise<ReadonlyMap<string, Float64Array>> {
  if (links.length === 0) return new Map();
  const tapped = tapModel(
    model,
    links.map((link) => peakTap(link)),
  );
  const folds = Object.fromEntries(
    tapped.outputs.flatMap((name) => (name === undefined ? [] : [[name, 'max' as const]])),
  );
  const results = await foldOutputs(tapped.model, samples, folds, options);
  return new Map(
    links.flatMap((link, index): [string, Float64Array][] => {
      const result = results[tapped.outputs[index] ?? ''];
      if (!result || result.fold === 'histogram' || !result.values.every(Number.isFinite))
        return [];
      return [[keyOf({ scope: link.scope, name: link.value }), result.values]];
    }),
  );
}

/** MaxPool over everything but the channels: an op whose form no opset changed. */
function peakTap({ scope, value, axis, channels }: Link): Tap {
  return {
    ref: { scope, name: value },
    fold: 'max',
    dims: [channels],
    build: (graph, input) => {
      const steps = new Steps(graph);
      const size = steps.add('Abs', [input]);
      // [N, C, positions]: of a matrix, rows are the positions of one sample.
      const flat =
        axis === 1
          ? steps.add('Reshape', [size, steps.ints(0, channels, -1)])
          : steps.add('Transpose', [steps.add('Reshape', [size, steps.ints(1, -1, channels)])], {
              perm: { type: 'ints', value: [0, 2, 1] },
            });
      const pooled = steps.add('GlobalMaxPool', [flat]);
      const batch = steps.add('Transpose', [pooled], { perm: { type: 'ints', value: [2, 1, 0] } });
      const largest = steps.add('GlobalMaxPool', [batch]);
      steps.add('Reshape', [largest, steps.ints(channels)]);
      return steps.nodes;
    },
  };
}
