import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openData } from '../../../shared/measure/data/open.ts';
import type { ValueInfo } from '../../../shared/onnx/model.ts';
import { input } from './inputs.ts';
import { useTempFolder } from './temp-folder.ts';

const temp = useTempFolder();

function open(text: string, inputs: ValueInfo[] = [input('f', 'float32', ['N', 2, 2])]) {
  writeFileSync(temp('t.jsonl'), text);
  return openData({ path: temp('t.jsonl') }, inputs);
}

describe('.jsonl', () => {
  it('feeds members by name, flat or nested, with or without the batch axis', async () => {
    const data = await open(
      '{"f":[1,2,3,4],"y":"eins"}\n\n{"f":[[5,6],[7,8]],"y":2}\r\n{"f":[[[9,10],[11,12]]],"y":[1,0]}',
    );
    expect(data.length).toBe(3);
    for (const [index, first] of [1, 5, 9].entries()) {
      const { f } = await data.sample(index);
      expect(f).toEqual({
        type: 'float32',
        dims: [1, 2, 2],
        data: Float32Array.of(first, first + 1, first + 2, first + 3),
      });
    }
    expect([0, 1, 2].map(data.label)).toEqual(['eins', 2, [1, 0]]);
  });

  it('takes bare numbers or x for a single input, and booleans as numbers', async () => {
    const data = await open('[1,2,3,4]\n{"x":[1,0,true,false]}\n');
    expect((await data.sample(0)).f?.data).toEqual(Float32Array.of(1, 2, 3, 4));
    expect((await data.sample(1)).f?.data).toEqual(Float32Array.of(1, 0, 1, 0));
  });

  it('lets a free axis differ from line to line', async () => {
    const data = await open('{"t":[1,2,3]}\n{"t":[4]}', [input('t', 'int64', ['N', 'T'])]);
    expect((await data.sample(0)).t?.dims).toEqual([1, 3]);
    expect((await data.sample(1)).t).toEqual({
      type: 'int64',
      dims: [1, 1],
      data: BigInt64Array.of(4n),
    });
  });

  it.each<[string, RegExp]>([
    ['{"f":[1,2,3,4]', /line 1 is not JSON/],
    ['\n\n{"g":[1,2,3,4]}', /line 3 lacks input "f"/],
    ['{"g":[1,2,3,4]}\n{"g":[1,2,3,4]}', /line 1 lacks input "f"/],
    ['{"f":[1,2,3]}', /line 1, input "f" has 3 values, input "f" takes float32 \[N, 2, 2\]/],
    ['{"f":[[1,2],[3]]}', /is ragged/],
    ['{"f":[[1,2],3]}', /is ragged/],
    ['{"f":[1,2,"3",4]}', /holds "3", not numbers/],
    ['{"f":[[1,2,3],[4,5,6]]}', /has shape \[2, 3\], the model takes/],
    ['{"f":[1,2,3,1e999]}', /holds Infinity at element 3/],
  ])('refuses %j', async (text, message) => {
    const error = await open(text)
      .then((data) => data.sample(0))
      .catch((caught: unknown) => caught);
    expect(error).toMatchObject({ exitCode: 2, message: expect.stringMatching(message) });
  });

  it('refuses nothing at all, and a line without a label', async () => {
    await expect(open('\n \n')).rejects.toThrow(/holds no samples/);
    const data = await open('{"f":[1,2,3,4],"y":1}\n{"f":[1,2,3,4]}');
    expect(() => data.label(1)).toThrow(/line 2 has no "y"/);
  });

  it('finds lines across the chunks that it reads', async () => {
    const line = `{"f":[${'1,'.repeat(60_000)}1]}`;
    const data = await open(`${line}\n`.repeat(80), [input('f', 'float32', [1, null])]);
    expect(data.length).toBe(80);
    expect((await data.sample(79)).f?.dims).toEqual([1, 60_001]);
  });
});
