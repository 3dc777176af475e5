import { expect, it } from 'vitest';
import { didYouMean, nearestName } from '../../../shared/measure/data/nearest-name.ts';

it('finds what was probably meant, and nothing else', () => {
  expect(nearestName('imgae', ['label', 'image'])).toBe('image');
  expect(nearestName('Input_1', ['input_1'])).toBe('input_1');
  expect(nearestName('lables', ['y', 'label', 'labels'])).toBe('labels');
  expect(nearestName('b', ['a'])).toBeUndefined();
  expect(nearestName('left', ['right'])).toBeUndefined();
  expect(nearestName('x', [])).toBeUndefined();
  expect(didYouMean('top_1', ['top1', 'top5'])).toBe(' (did you mean "top1"?)');
  expect(didYouMean('zebra', ['top1'])).toBe('');
});
