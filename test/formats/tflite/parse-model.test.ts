import { describe, expect, it } from 'vitest';
import { parseModel } from '../../../shared/formats/tflite/parse-model.ts';
import type { TfliteModel } from '../../../shared/formats/tflite/tflite-model.ts';
import { memorySource } from '../../../shared/onnx/byte-source.ts';
import { caseOf } from './_compare.ts';
import { fileOf } from './_run.ts';

const parsed = (name: string): TfliteModel =>
  parseModel(memorySource(fileOf(caseOf(name)), `${name}.tflite`));

describe('what a file says', () => {
  it('of tensors: names, types, sizes that are free, weights by place', () => {
    const { subgraphs, converter } = parsed('conv_batch_free');
    const [main] = subgraphs;
    const input = main?.tensors[main.inputs[0] ?? -1];
    expect(input).toMatchObject({ type: 'float32', shape: [1, 7, 8, 3], signature: [-1, 7, 8, 3] });
    const weights = main?.tensors.find(({ shape }) => shape.join() === '5,3,3,3');
    expect(weights?.data?.length).toBe(4 * 5 * 3 * 3 * 3);
    expect(converter).toBe('2.21.0');
  });

  it('of operators: their names, tensors and options', () => {
    const [main] = parsed('conv_valid').subgraphs;
    const operator = main?.operators.find(({ op }) => op === 'CONV_2D');
    expect(operator?.options.number('stride_h')).toBe(2);
    expect(operator?.options.number('stride_w')).toBe(1);
    expect(operator?.options.number('dilation_h')).toBe(1);
    expect(operator?.inputs).toHaveLength(3);
  });

  it('of quantization: one scale for each channel, along its axis', () => {
    const [main] = parsed('int8_depthwise').subgraphs;
    const weights = main?.tensors.find(
      ({ type, shape }) => type === 'int8' && shape[0] === 1 && shape[3] === 8 && shape[1] === 3,
    );
    expect(weights?.quantization?.axis).toBe(3);
    expect(weights?.quantization?.zeroPoint).toEqual(new Array(8).fill(0));
  });

  it('of custom operators, state and signatures', () => {
    expect(parsed('detection').subgraphs[0]?.operators[0]).toMatchObject({
      op: 'CUSTOM',
      custom: 'TFLite_Detection_PostProcess',
    });
    const state = parsed('svdf_rank1').subgraphs[0]?.tensors.filter((tensor) => tensor.isVariable);
    expect(state?.map(({ name }) => name)).toEqual(['state']);
    const { signatures } = parsed('two_signatures');
    expect(signatures.map(({ key, subgraph }) => [key, subgraph])).toEqual([
      ['double', 0],
      ['square', 1],
    ]);
    expect([...(signatures[1]?.outputs.values() ?? [])]).toEqual(['squared']);
  });

  it('of weights behind the flatbuffer', () => {
    const [main] = parsed('outside_buffers').subgraphs;
    expect(main?.tensors.find(({ name }) => name === 'w')?.data).toMatchObject({
      offset: 4096,
      length: 120,
    });
  });
});
