import { describe, expect, it } from 'vitest';
import { Builder } from '../../../shared/formats/build/builder.ts';
import { dataFormat } from '../../../shared/formats/tf/data-format.ts';
import {
  convolutionWindow,
  paddingAttribute,
} from '../../../shared/formats/tf/window-attributes.ts';
import { anyInput } from '../build/_graph.ts';
import { node } from './_nodes.ts';

const b = Builder.root(17);
const padded = (attributes: Record<string, unknown>) => {
  const made = node('n', 'Conv2D', [], attributes);
  return paddingAttribute(made, dataFormat(b, made, 2));
};

describe('padding', () => {
  it('is a name, or margins of the spatial axes', () => {
    expect(padded({ padding: 'SAME' })).toBe('SAME');
    const explicit_paddings = [0, 0, 1, 2, 3, 4, 0, 0];
    expect(padded({ padding: 'EXPLICIT', explicit_paddings })).toEqual([
      [1, 2],
      [3, 4],
    ]);
    const front = [0, 0, 0, 0, 1, 2, 3, 4];
    expect(padded({ padding: 'EXPLICIT', explicit_paddings: front, data_format: 'NCHW' })).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });

  it('of the batch or the channels is refused, and so are other names', () => {
    const explicit_paddings = [0, 0, 1, 2, 3, 4, 0, 1];
    expect(() => padded({ padding: 'EXPLICIT', explicit_paddings })).toThrow('the channels');
    expect(() => padded({ padding: 'FULL' })).toThrow('FULL');
  });
});

describe('the window of a convolution', () => {
  const made = node('n', 'Conv2D', [], {
    strides: [1, 2, 1, 1],
    dilations: [1, 1, 3, 1],
    padding: 'VALID',
  });
  const format = dataFormat(b, made, 2);

  it('has the sizes of the filters', () => {
    expect(convolutionWindow(made, format, anyInput(b, 'float32', [5, 3, 2, null]), 2)).toEqual({
      kernel: [5, 3],
      strides: [2, 1],
      dilations: [1, 3],
      padding: 'VALID',
    });
  });

  it('needs to know them', () => {
    for (const shape of [
      [null, 3, 2, 4],
      [3, 3, 2],
    ])
      expect(() => convolutionWindow(made, format, anyInput(b, 'float32', shape), 2)).toThrow(
        'the sizes of its filters',
      );
  });
});
