/** The largest size of each channel of a value, computed inside the graph. */
import type { Model } from '../../../../onnx/model.ts';
import type { SessionOptions } from '../../../../runtime/session.ts';
import { keyOf } from '../scopes.ts';
import { foldTaps, numbersOf, type Samples } from '../statistics/fold-taps.ts';
import { Steps } from '../statistics/steps.ts';
import type { Tap } from '../statistics/tap.ts';
import type { Link } from './find-links.ts';

/** Peaks max |x| of each channel, by {@link keyOf} of the link's value; none where no sample came by. */
export async function collectPeaks(
  model: Model,
  links: readonly Link[],
  samples: Samples,
  options: SessionOptions = {},
): Promise<ReadonlyMap<string, Float64Array>> {
  const results = await foldTaps(model, links.map(peakTap), samples, options);
  return new Map(
    links.flatMap(({ scope, value }, index): [string, Float64Array][] => {
      const peaks = numbersOf(results[index]);
      return peaks?.every(Number.isFinite) ? [[keyOf({ scope, name: value }), peaks]] : [];
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
