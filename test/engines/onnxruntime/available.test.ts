import { expect, test } from 'vitest';
import { onnxruntimeAvailability } from '../../../shared/engines/onnxruntime/available.ts';

test('onnxruntime is a dependency, so it is here', async () => {
  expect(await onnxruntimeAvailability()).toEqual({ available: true });
});
