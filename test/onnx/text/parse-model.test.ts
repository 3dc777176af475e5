import { describe, expect, it } from 'vitest';
import { parseModel } from '../../../shared/onnx/text/parse-model.ts';

describe('parseModel', () => {
  it('says where the text is wrong', () => {
    const text = '<ir_version: 8, opset_import: ["": 17]>\ng (x) => (y) {\n  y = Relu x\n}';
    expect(() => parseModel(text)).toThrow(
      "model text, line 3, column 12: '(' is wanted, there is 'x'",
    );
    expect(() => parseModel('<ir_version: 8>')).toThrow('a name is wanted, the text ends');
    expect(() => parseModel('<ir_version: 8>\ng (x) => (y) < w = {1} > {}')).toThrow(
      "initializer 'w' needs a type",
    );
  });

  it('reads functions with attributes and defaults', () => {
    const [definition] = parseModel(`<ir_version: 8, opset_import: ["my": 1]>
      g (x) => (y) { y = my.F <a = 1> (x) }
      <domain: "my", overload: "o", opset_import: ["": 17]>
      F <a, b: int = 2> (x) => (y) <float[N] x> { y = Concat <axis: int = @a> (x) }`).functions;
    expect(definition).toMatchObject({ name: 'F', domain: 'my', overload: 'o', attributes: ['a'] });
    expect(definition?.attributeDefaults.get('b')).toEqual({ type: 'int', value: 2 });
    expect(definition?.nodes[0]?.attributes.get('axis')).toEqual({
      type: 'reference',
      value: 'a',
      of: 'int',
    });
    expect([...(definition?.valueInfo.keys() ?? [])]).toEqual(['x']);
  });
});
