import { describe, expect, it } from 'vitest';
import { traceChannels } from '../../../../shared/compress/prune/slim/trace-channels.ts';
import { parseModel } from '../../../../shared/onnx/text.ts';
import { between, described } from './_described.ts';
import { n, PLAIN } from './_nets.ts';

describe('traceChannels', () => {
  it('keeps what an unknown operator reads', async () => {
    const model = between(8, [], n('my.domain:Odd', ['f'], ['z'], {}, 'odd'));
    const known = { ...model, opsets: new Map([...model.opsets, ['my.domain', 1]]) };
    expect(await described(known)).toEqual([
      "f 8: Odd 'odd': how channels go through it is not known",
    ]);
  });

  it('keeps what bodies read, and tells of weights in them', async () => {
    const model = parseModel(`<ir_version: 8, opset_import: ["": 17]>
      g (float[2,3] x, bool c) => (float[2,2] y)
      <float[3,2] a = {1,2,3,4,5,6}, float[2,2] b = {1,2,3,4}>
      {
        f = MatMul (x, a)
        y = If (c) <
          then_branch = yes () => (float[2,2] t) { t = MatMul (f, b) },
          else_branch = no () => (float[2,2] e) { e = Identity (f) }
        >
      }`);
    expect(await described(model)).toEqual([
      'y null: bodies of If, Loop and Scan stay whole',
      "f 2: If 'y': its bodies are not looked into",
    ]);
  });

  it('refuses opsets that mean other axes', () => {
    const old = { ...PLAIN, opsets: new Map([['', 12]]) };
    expect(() => traceChannels(old, { get: () => undefined })).toThrow(
      'channels are removed from opset 13 on, not 12',
    );
  });
});
