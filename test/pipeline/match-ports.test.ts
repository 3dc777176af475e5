import { expect, test } from 'vitest';
import { matchPorts, type Shown } from '../../shared/pipeline/match-ports.ts';

const model = (shown: string, inputs: string, outputs: string): Shown => {
  const ports = (text: string) =>
    text.split(' ').map((port) => {
      const [name = '', type = '', shape] = port.split(':');
      const dims = shape?.split(',').map((size) => (/^\d+$/.test(size) ? Number(size) : size));
      return { name, type, ...(dims && { shape: dims }) };
    });
  return { shown, inputs: ports(inputs), outputs: ports(outputs) };
};
const base = model('a.keras', 'x:float32:n,4', 'p:float32:n,2 q:float32:n,3');

test('equal names in any order need no match', () => {
  const head = model('b.onnx', 'x:float32:1,4', 'q:float32:1,3 p:float32:1,2');
  expect(matchPorts(base, head)).toEqual({ notes: [] });
});

test('other names are matched by position, beside those that are the same', () => {
  const head = model('b.tflite', 'serving_x:float32:1,4', 'q:float32:1,3 Identity:float32');
  expect(matchPorts(base, head)).toEqual({
    names: { inputs: { serving_x: 'x' }, outputs: { q: 'q', Identity: 'p' } },
    notes: [
      'inputs of b.tflite are matched with those of a.keras by position: serving_x is taken for x',
      'outputs of b.tflite are matched with those of a.keras by position: Identity is taken for p',
    ],
  });
});

test('other element types are refused, also under the same names', () => {
  for (const inputs of ['x:int8:1,4', 'z:int8:1,4']) {
    const head = model('b.tflite', inputs, 'p:float32 q:float32');
    expect(() => matchPorts(base, head)).toThrow(
      expect.objectContaining({
        message: expect.stringMatching(/different element types: a.keras: x float32 .*: . int8/),
        hint: expect.stringMatching(/same types/),
      }),
    );
  }
});

test.each([
  ['another number', 'r:float32:1,2'],
  ['another size', 'r:float32:1,3 s:float32:1,2'],
  ['another rank', 'r:float32:2 s:float32:1,3'],
])('%s is refused, with both lists and what to do', (_, outputs) => {
  const head = model('b.tflite', 'x:float32:1,4', outputs);
  expect(() => matchPorts(base, head)).toThrow(
    expect.objectContaining({
      message: expect.stringMatching(
        /different outputs.*a\.keras: p float32 \[n, 2\], q float32 \[n, 3\] against b\.tflite: r /,
      ),
      hint: expect.stringMatching(/--outputs .*rename/),
    }),
  );
});
