import { describe, expect, it } from 'vitest';
import { modelSize } from '../../../../shared/compress/prune/slim/model-size.ts';
import type { Model } from '../../../../shared/onnx/model.ts';
import { inferTypes } from '../../../../shared/runtime/infer-types.ts';
import { float32 } from '../../quantize/_numeric.ts';
import { NETS, n, net, w } from './_nets.ts';

const sizeOf = async (model: Model) => modelSize(model, await inferTypes(model));

describe('modelSize', () => {
  it.each([
    // 2 samples of 36 places: 27 · 8 products, then 8 · 4.
    ['plain', { parameters: 216 + 8 + 32, multiplyAdds: 72 * (216 + 32) }],
    [
      'depthwise with a multiplier',
      { parameters: 24 + 144 + 16 + 64, multiplyAdds: 72 * (24 + 144 + 64) },
    ],
    [
      'squeeze and excitation',
      { parameters: 216 + 32 + 32 + 8 + 32, multiplyAdds: 72 * 216 + 2 * 64 + 72 * 32 },
    ],
    ['a recurrent reader', { parameters: 24 + 8 + 128 + 64, multiplyAdds: 10 * (24 + 128 + 64) }],
  ])('%s', async (name, expected) => {
    expect(await sizeOf(NETS[name] ?? net([], [], []))).toEqual(expected);
  });

  it('counts what transposed convolutions spread', async () => {
    const model = net(
      [2, 3, 6, 6],
      ['n', 4, 'h', 'w'],
      [w('a', 3, 4, 2, 2), w('unused', 5)],
      n('ConvTranspose', ['x', 'a'], ['y'], { strides: [2, 2] }),
    );
    expect(await sizeOf(model)).toEqual({ parameters: 48, multiplyAdds: 72 * 48 });
  });

  it('does not guess free sizes', async () => {
    const model = NETS.plain ?? net([], [], []);
    const free = {
      ...model,
      graph: {
        ...model.graph,
        inputs: [float32('x', ['N', 3, 6, 6])],
        outputs: [float32('y', ['N', 4, 6, 6])],
      },
    };
    expect((await sizeOf(free)).multiplyAdds).toBeNull();
  });
});
