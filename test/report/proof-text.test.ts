import { expect, test } from 'vitest';
import { isConverted, proofText } from '../../shared/report/proof-text.ts';

test('said of what was converted, and of nothing else', () => {
  expect(proofText({ format: 'keras', verified: 'agrees within 2e-7 of TensorFlow.js' })).toBe(
    ', agrees within 2e-7 of TensorFlow.js',
  );
  expect(proofText({ format: 'saved-model', verified: 'not verified' })).toBe(', not verified');
  expect(proofText({ format: 'onnx', verified: 'agrees within 0 of onnxruntime' })).toBe('');
  expect(proofText({ format: 'unknown', verified: 'not verified' })).toBe('');
  expect(['keras', 'onnx', 'unknown'].map(isConverted)).toEqual([true, false, false]);
});
