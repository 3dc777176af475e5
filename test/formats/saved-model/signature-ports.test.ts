import { describe, expect, it } from 'vitest';
import type { TensorInfo } from '../../../shared/formats/saved-model/saved-model-proto.ts';
import { signaturePorts } from '../../../shared/formats/saved-model/signature-ports.ts';

const info = (tensor: string, more: Partial<TensorInfo> = {}): TensorInfo => ({
  tensor,
  type: 'float32',
  shape: [null, null],
  ...more,
});
const ports = (inputs: Record<string, TensorInfo>, outputs: Record<string, TensorInfo>) =>
  signaturePorts({
    name: 's',
    signature: {
      inputs: new Map(Object.entries(inputs)),
      outputs: new Map(Object.entries(outputs)),
    },
  });

describe('signaturePorts', () => {
  it('takes names of the signature, in the order of numbers', () => {
    const made = ports(
      { b: info('x:0'), a: info('y:0', { type: 'int32', shape: null }) },
      { output_10: info('f:10'), output_2: info('f:2') },
    );
    expect(made.inputs).toEqual([
      { name: 'a', tensor: 'y:0', type: 'int32', shape: null },
      { name: 'b', tensor: 'x:0', type: 'float32', shape: ['batch', 'b_dim1'] },
    ]);
    expect(made.outputs.map(({ name }) => name)).toEqual(['output_2', 'output_10']);
    expect(made.notes).toEqual([]);
  });

  it('renames outputs that are named as inputs', () => {
    const made = ports({ x: info('a'), x_output: info('b') }, { x: info('c') });
    expect(made.outputs).toEqual([{ name: 'x_output_output', tensor: 'c' }]);
    expect(made.notes).toHaveLength(1);
  });

  it.each([
    ['sparse tensors', { x: info('') }, {}, 'the input "x" of the signature "s" is a sparse'],
    ['sparse results', {}, { y: info('') }, 'the output "y" of the signature "s" is a sparse'],
    ['handles', { x: info('a', { type: 'resource' }) }, {}, 'its type is resource'],
  ])('refuses %s', (_, inputs, outputs, message) => {
    expect(() => ports(inputs, outputs)).toThrow(message);
  });
});
