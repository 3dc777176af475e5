import { expect, test } from 'vitest';
import { didYouMean, nearestName, suggest } from '../../shared/base/suggest.ts';

test('names the nearest known word when one is near', () => {
  expect(suggest('int9', ['int8', 'float16'])).toBe('Did you mean "int8"? Known: int8, float16.');
  expect(suggest('varients', ['variants', 'targets'])).toContain('"variants"');
  expect(suggest('zebra', ['int8', 'float16'])).toBe('Known: int8, float16.');
  expect(suggest('x', [])).toBe('Known: .');
});

test('finds what was probably meant, and nothing else', () => {
  expect(nearestName('imgae', ['label', 'image'])).toBe('image');
  expect(nearestName('Input_1', ['input_1'])).toBe('input_1');
  expect(nearestName('lables', ['y', 'label', 'labels'])).toBe('labels');
  expect(nearestName('b', ['a'])).toBeUndefined();
  expect(nearestName('left', ['right'])).toBeUndefined();
  expect(nearestName('x', [])).toBeUndefined();
  expect(didYouMean('top_1', ['top1', 'top5'])).toBe(' (did you mean "top1"?)');
  expect(didYouMean('zebra', ['top1'])).toBe('');
});
