import { describe, expect, it } from 'vitest';
import { Builder } from '../../../shared/formats/build/builder.ts';
import { resize } from '../../../shared/formats/build/resize.ts';
import { anyInput, heldInput, opsOf, run } from './_graph.ts';

describe('the nearest pixel', () => {
  it('is a Resize where that rounds as TensorFlow does, and rows by number where not', () => {
    const b = Builder.root(17);
    resize(
      b,
      anyInput(b, 'float32', ['n', 4, 4, 2]),
      b.numbers([8, 8], 'int32'),
      'nearest',
      'half-pixel',
    );
    expect(opsOf(b)).toContain('Resize');
    const c = Builder.root(17);
    resize(
      c,
      anyInput(c, 'float32', ['n', 14, 14, 2]),
      c.numbers([2, 2], 'int32'),
      'nearest',
      'asymmetric',
    );
    expect(opsOf(c)).toEqual(['Gather', 'Gather']);
    const d = Builder.root(17);
    resize(
      d,
      anyInput(d, 'int64', ['n', 4, 4, 2]),
      d.numbers([8, 8], 'int32'),
      'nearest',
      'half-pixel',
    );
    expect(opsOf(d)).toEqual(['Gather', 'Gather']);
  });

  it('of free sizes is the same as of known ones', async () => {
    const b = Builder.root(17);
    const known = heldInput(b, 'x', [1, 7, 5, 2], [0, 3, 1, 2]);
    b.input('y', 'float32', [1, null, null, 2]);
    const free = b.named('y', 'float32', [1, null, null, 2]);
    const plain = heldInput(b, 'z', [1, 7, 5, 2]);
    const values = (['asymmetric', 'half-pixel', 'align-corners'] as const).flatMap((places) =>
      [known.value, free].map((x) => resize(b, x, b.numbers([4, 9], 'int32'), 'nearest', places)),
    );
    const results = await run(b, values, { x: known.feed, y: plain.feed, z: plain.feed });
    for (const at of [0, 2, 4]) expect(results[at]).toEqual(results[at + 1]);
  });
});

describe.each([17, 18])('at opset %d', (opset) => {
  it('sizes that are computed make a shape with free sizes, batch and channels kept', async () => {
    const b = Builder.root(opset);
    const { value, feed } = heldInput(b, 'x', [2, 3, 4, 1]);
    const size = anyInput(b, 'int32', [2]);
    const y = resize(b, value, size, 'linear', 'half-pixel');
    expect(y.shape).toEqual([2, null, null, 1]);
    expect(opsOf(b)).toContain('Resize');
    expect(feed.dims).toEqual([2, 3, 4, 1]);
  });
});

it('cubic is weighted taps where sizes are known', () => {
  const b = Builder.root(17);
  resize(
    b,
    anyInput(b, 'float32', [null, 4, 4, 1]),
    b.numbers([6, 6], 'int32'),
    'cubic',
    'half-pixel',
  );
  expect(opsOf(b).filter((op) => op === 'Gather')).toHaveLength(8);
  expect(opsOf(b)).not.toContain('Resize');
});
