import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openData } from '../../../shared/measure/data/open.ts';
import type { ValueInfo } from '../../../shared/onnx/model.ts';
import { input } from './inputs.ts';
import { useTempFolder } from './temp-folder.ts';

const temp = useTempFolder();

function open(text: string, inputs: ValueInfo[] = [input('f', 'float32', ['N', 3])]) {
  writeFileSync(temp('t.csv'), text);
  return openData({ path: temp('t.csv') }, inputs);
}

describe('.csv', () => {
  it("feeds all columns but the label, in order, in the input's shape", async () => {
    const data = await open('\uFEFFa,y,b,c\r\n1,0,2,3\r\n4,1,-5.5,6e1\r\n\r\n');
    expect(data.length).toBe(2);
    expect(await data.sample(1)).toEqual({
      f: { type: 'float32', dims: [1, 3], data: Float32Array.of(4, -5.5, 60) },
    });
    expect(data.label(1)).toBe(1);
    const shaped = await open('a,b,c,d\n1,2,3,4\n', [input('f', 'int32', [null, 2, 2, 1])]);
    expect(await shaped.sample(0)).toEqual({
      f: { type: 'int32', dims: [1, 2, 2, 1], data: Int32Array.of(1, 2, 3, 4) },
    });
    expect(shaped.hasLabels).toBe(false);
  });

  it('splits columns among inputs by name', async () => {
    const data = await open('b,a.0,a.1,label\n9,1,2,"x, y"\n', [
      input('a', 'float32', [1, 2]),
      input('b', 'int64', [1]),
    ]);
    expect(await data.sample(0)).toEqual({
      a: { type: 'float32', dims: [1, 2], data: Float32Array.of(1, 2) },
      b: { type: 'int64', dims: [1], data: BigInt64Array.of(9n) },
    });
    expect(data.label(0)).toBe('x, y');
  });

  it('keeps labels that are no numbers, though they look like some', async () => {
    const labels = ['3', '1.0', '-2', 'cat', '007', '12345678901234567890', '0', '0.5'];
    const data = await open(`a,b,c,y\n${labels.map((label) => `1,2,3,${label}`).join('\n')}\n`);
    expect(labels.map((_, index) => data.label(index))).toEqual([
      3,
      1,
      -2,
      'cat',
      '007',
      '12345678901234567890',
      0,
      0.5,
    ]);
  });

  it.each<[string, RegExp]>([
    ['1,2,3\n4,5,6\n', /has no header/],
    ['a,b,c\n1,2\n', /t\.csv: .*(Invalid Record Length|columns)/],
    ['a,b,c\n1,x,3\n', /row 1, column "b": "x" is no finite number/],
    ['a,b,c\n1,2,3\n1,,3\n', /row 2, column "b": a value is missing/],
    ['a,b,c\n1,NaN,3\n', /"NaN" is no finite number/],
    ['a,b,y\n1,2,\n', /row 1 has no label/],
    ['a,b,c\n', /holds no samples/],
    ['', /holds no samples/],
    ['a,b,c\n"1,2,3\n', /t\.csv: Quote Not Closed/i],
  ])('refuses %j', async (text, message) => {
    const error = await open(text).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ exitCode: 2, message: expect.stringMatching(message) });
  });

  it('refuses another count of columns and names a missing input', async () => {
    const data = await open('a,b\n1,2\n');
    await expect(data.sample(0)).rejects.toThrow(
      /row 1 has 2 values, input "f" takes float32 \[N, 3\]/,
    );
    const two = [input('left', 'float32', [1, 1]), input('right', 'float32', [1, 1])];
    await expect(open('left.0,rihgt.0\n1,2\n', two)).rejects.toThrow(
      /no column for input "right" \(did you mean "rihgt"\?\)/,
    );
  });
});
