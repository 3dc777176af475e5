import { expect, test } from 'vitest';
import { fedInputs } from '../../shared/onnx/fed-inputs.ts';
import { parseModel } from '../../shared/onnx/text.ts';

test('an input with a default is none that a caller feeds', () => {
  const model = parseModel(
    `<ir_version: 8, opset_import: ["": 17]>
     g (float[1] x, float[1] w) => (float[1] y) <float[1] w = {2}> { y = Mul (x, w) }`,
  );
  expect(fedInputs(model).map(({ name }) => name)).toEqual(['x']);
});
