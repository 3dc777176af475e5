/**
 * Layers that `model.quantize()` left with int8 or int4 kernels. The kernels stay integers in the ONNX
 * file, and where Keras rounds the inputs as well, so does the converted model.
 *
 * Source: keras/src/quantizers/quantizers.py and the `_int8_call`, `_int4_call` of the layers.
 */
import { bytesOf, computedTensor } from '../../../onnx/make-tensor.ts';
import type { StoredTensor } from '../../../onnx/stored-tensor.ts';
import { floatValues, readRaw } from '../../../onnx/tensor-data.ts';
import { clip } from '../../build/activation.ts';
import type { Builder } from '../../build/builder.ts';
import { isFixed, isStatic, sizeOf } from '../../build/dims.ts';
import { einsum } from '../../build/einsum.ts';
import { arithmetic, unary } from '../../build/elementwise.ts';
import { reduce } from '../../build/reduce.ts';
import { reshape, transpose, unsqueeze } from '../../build/reshape.ts';
import { Unconvertible } from '../../build/unconvertible.ts';
import { Value } from '../../build/value.ts';
import { activateBy } from '../activation.ts';
import { isList, isObject, numberOf } from '../config.ts';
import { policyName } from '../dtype-policy.ts';
import type { JsonObject, LayerCall } from '../layer.ts';
import { alongLetters } from './einsum-dense.ts';

/** What a layer's variables say about how it was quantized. */
export interface Quantization {
  readonly bits: 8 | 4;
  readonly kernel: StoredTensor;
  readonly scale: Value;
  /** Of blocks along the rows: one for each scale. */
  readonly zero: Value | undefined;
  /** Which block a row belongs to. */
  readonly blocks: Value | undefined;
  /** Whether inputs are rounded to int8 before the product. */
  readonly roundsInputs: boolean;
}

const OTHER_MODES = /^(float8|gptq|awq)/;

/**
 * `undefined` for a layer that was not quantized.
 * @throws Unconvertible for one quantized in a way that has no conversion
 */
export function quantizationOf({
  config,
  weights,
}: Pick<LayerCall, 'config' | 'weights'>): Quantization | undefined {
  const policy = policyName(config) ?? '';
  const other = OTHER_MODES.exec(policy)?.[1];
  if (other)
    throw new Unconvertible(
      `it is quantized to ${other}`,
      'Save the model before quantize(), convert that, and let Fettle quantize it.',
    );
  const integers = weights.own.filter(({ type }) => type === 'int8' || type === 'uint8');
  const kernel = integers[0]?.constant;
  if (!kernel) return undefined;
  const floats = weights.own.filter(({ type }) => type.startsWith('float'));
  const hasBlocks = integers.length > 1;
  // Behind the bias, where there is one, come the scales, and the block of each row.
  const scale = floats.at(hasBlocks ? -2 : -1);
  if (!scale) throw new Unconvertible('the file holds no scales of its kernel');
  const bits = bitsOf(policy, kernel, scale, hasBlocks);
  return {
    bits,
    kernel,
    scale,
    zero: integers[1],
    blocks: hasBlocks ? floats.at(-1) : undefined,
    roundsInputs: activationQuantizer(config, bits),
  };
}

/** Layers inside of others have no policy of their own in the file: packed kernels are twice as wide as they look. */
function bitsOf(policy: string, kernel: StoredTensor, scale: Value, hasBlocks: boolean): 8 | 4 {
  if (policy.startsWith('int8')) return 8;
  if (policy.startsWith('int4') || hasBlocks) return 4;
  const columns = kernel.dims.at(-1) ?? 0;
  const scales = scale.sizes.at(-1);
  return kernel.dims.length === 2 && scale.rank === 1 && scales !== columns && isFixed(scales)
    ? 4
    : 8;
}

/** Keras' default rounds the inputs of int8 layers, and none of int4 ones. */
function activationQuantizer(config: JsonObject, bits: 8 | 4): boolean {
  const { quantization_config: quantization } = config;
  if (!isObject(quantization) || !isObject(quantization.config)) return bits === 8;
  const quantizer = quantization.config.activation_quantizer;
  if (quantizer === null || quantizer === undefined) return false;
  const parts = isObject(quantizer) ? quantizer : undefined;
  const range = isObject(parts?.config) ? parts.config.value_range : undefined;
  const isPlain = !isList(range) || (range[0] === -127 && range[1] === 127);
  if (parts?.class_name === 'AbsMaxQuantizer' && isPlain) return true;
  throw new Unconvertible('its inputs are quantized by a quantizer of another kind');
}

/** Two elements lie in each byte along the last axis: the first in the lower half. */
export function unpacked(tensor: StoredTensor, columns: number): StoredTensor {
  const rows = sizeOf(tensor.dims.slice(0, -1));
  const packed = tensor.dims.at(-1) ?? 0;
  if (packed !== Math.ceil(columns / 2))
    throw new Unconvertible(`its packed kernel [${tensor.dims}] does not fit ${columns} columns`);
  const dims = [...tensor.dims.slice(0, -1), columns];
  return computedTensor(tensor.name, 'int8', dims, () => {
    const bytes = readRaw(tensor);
    const made = new Int8Array(rows * columns);
    for (let at = 0; at < made.length; at++) {
      const column = at % columns;
      const byte = bytes[Math.floor(at / columns) * packed + (column >> 1)] ?? 0;
      made[at] = (((column % 2 === 0 ? byte : byte >> 4) & 15) ^ 8) - 8;
    }
    return bytesOf(made);
  });
}

/** `kernel / scale`, of a scale for each element along `axis`; the kernel stays integers in the file. */
function dividedBy(tensor: StoredTensor, scale: Value, axis: number): Value {
  if (!scale.constant || scale.rank !== 1) throw new Unconvertible('its scales are no vector');
  const scales = Array.from(floatValues(scale.constant), (value) => Math.fround(1 / value));
  return integers(tensor, scales, axis);
}

/** The integers as floats, times a scale. */
const integers = (tensor: StoredTensor, scale: readonly number[], axis = 0): Value =>
  new Value('float32', tensor.dims, {
    kind: 'quantized',
    tensor,
    scale,
    zeroPoint: scale.map(() => 0),
    axis,
  });

/** `(kernel − zero) · scale` of blocks along `axis`. */
function blockwise(
  b: Builder,
  tensor: StoredTensor,
  { scale, zero, blocks }: Quantization,
  axis: number,
): Value {
  const size = tensor.dims[axis] ?? 0;
  const groups = scale.sizes[axis];
  const rows = blocks?.constant && [...floatValues(blocks.constant)];
  if (!zero || !rows || rows.length !== size || !isFixed(groups))
    throw new Unconvertible('the blocks of its kernel are not told');
  const block = rows.lastIndexOf(rows[0] ?? 0) + 1;
  if (rows.some((group, row) => group !== Math.floor(row / block)))
    throw new Unconvertible('the blocks of its kernel are out of order');
  b.require(21, 'a kernel with scales for blocks');
  return b.emit(
    'DequantizeLinear',
    [b.hold(b.constant(tensor)), b.hold(scale), b.hold(zero)],
    'float32',
    tensor.dims,
    { attributes: { axis, block_size: block } },
  );
}

/** The kernel `[rows, columns]` as floats. */
function matrix(b: Builder, quantization: Quantization, columns: number): Value {
  const { bits, kernel, scale, zero } = quantization;
  if (bits === 8) return dividedBy(kernel, scale, 1);
  const tensor = unpacked(kernel, columns);
  return zero ? blockwise(b, tensor, quantization, 0) : dividedBy(tensor, scale, 1);
}

/**
 * `x` rounded to whole numbers from −127 to 127 by its largest value over `axes`, and the factor that did
 * it, with axes of size 1.
 */
function rounded(
  b: Builder,
  x: Value,
  axes: readonly number[],
): { readonly x: Value; readonly factor: Value } {
  const largest = reduce(b, 'ReduceMax', unary(b, 'Abs', x), axes, true);
  const room = arithmetic(b, 'Add', largest, b.scalar(1e-7, x.type));
  const factor = arithmetic(b, 'Div', b.scalar(127, x.type), room);
  const whole = unary(b, 'Round', arithmetic(b, 'Mul', x, factor));
  return { x: clip(b, whole, -127, 127), factor };
}

/** A Dense layer, with its activation. */
export function quantizedDense(call: LayerCall, x: Value, hasBias: boolean): Value {
  const quantization = needed(call);
  const { b, config, weights } = call;
  const kernel = matrix(b, quantization, numberOf(config, 'units'));
  const product = (left: Value): Value => einsum(b, '...k,kn->...n', [left, kernel]);
  const small = quantization.roundsInputs ? rounded(b, x, [-1]) : undefined;
  const sum = small ? arithmetic(b, 'Div', product(small.x), small.factor) : product(x);
  const bias = hasBias ? weights.own.find(({ type }) => type.startsWith('float')) : undefined;
  return activateBy(call, bias ? arithmetic(b, 'Add', sum, bias) : sum);
}

function needed(call: Pick<LayerCall, 'config' | 'weights'>): Quantization {
  const quantization = quantizationOf(call);
  if (quantization) return quantization;
  throw new Unconvertible('its kernel is not quantized');
}

/** An EinsumDense layer, its bias along the letters `biasAxes` of the result included. */
export function quantizedEinsum(
  call: LayerCall,
  equation: string,
  x: Value,
  biasAxes: string,
  outputSizes: readonly unknown[] = [],
): Value {
  const quantization = needed(call);
  const { b, weights } = call;
  const plain = spelledOut(equation, x.rank);
  const [inputs = '', kernelLetters = '', output = ''] = plain.split(/,|->/);
  const bias =
    biasAxes === '' ? undefined : weights.own.find(({ type }) => type.startsWith('float'));
  const product =
    quantization.bits === 8
      ? int8Product(b, quantization, plain, x)
      : int4Product(
          b,
          quantization,
          plain,
          x,
          letterSizes(inputs, x, output, outputSizes, bias, biasAxes),
          kernelLetters,
        );
  if (!bias) return product;
  return arithmetic(b, 'Add', product, alongLetters(b, bias, biasAxes, output, product.rank));
}

/** The equation without "...": letters of their own instead. */
function spelledOut(equation: string, rank: number): string {
  const plain = equation.replaceAll(' ', '');
  const own = (plain.split(',')[0] ?? '').replace('...', '').length;
  const free = [...'ABCDEFGHIJKLMNOP'].filter((letter) => !plain.includes(letter));
  return plain.replaceAll('...', free.slice(0, Math.max(0, rank - own)).join(''));
}

/** The scales are held as they lie in the result, so that the sum is of whole numbers. */
function int8Product(
  b: Builder,
  { kernel, scale, roundsInputs }: Quantization,
  equation: string,
  x: Value,
): Value {
  const [inputs = '', kernelLetters = '', output = ''] = equation.split(/,|->/);
  if (kernelLetters.length !== kernel.dims.length)
    throw new Unconvertible('its kernel does not fit its equation');
  const whole = integers(kernel, [1]);
  const summed = [...inputs].flatMap((letter, axis) => (output.includes(letter) ? [] : [axis]));
  if (!roundsInputs) return arithmetic(b, 'Div', einsum(b, equation, [x, whole]), scale);
  const small = rounded(b, x, summed);
  const sum = einsum(b, equation, [small.x, whole]);
  const factor = inOutput(b, small.factor, inputs, output);
  return arithmetic(b, 'Div', sum, arithmetic(b, 'Mul', factor, scale));
}

/** A value with the letters of the inputs, of which those that are summed have size 1, as it lies in the result. */
function inOutput(b: Builder, x: Value, inputs: string, output: string): Value {
  const summed = [...inputs].flatMap((letter, axis) => (output.includes(letter) ? [] : [axis]));
  const kept = [...inputs].filter((letter) => output.includes(letter));
  const flat = reduce(b, 'ReduceMax', x, summed, false);
  const ordered = [...output].filter((letter) => kept.includes(letter));
  const moved = transpose(
    b,
    flat,
    ordered.map((letter) => kept.indexOf(letter)),
  );
  return unsqueeze(
    b,
    moved,
    [...output].flatMap((letter, axis) => (kept.includes(letter) ? [] : [axis])),
  );
}

/** Sizes of the letters as the input, the bias and the configuration tell them. */
function letterSizes(
  inputs: string,
  x: Value,
  output: string,
  stated: readonly unknown[],
  bias: Value | undefined,
  biasAxes: string,
): ReadonlyMap<string, number> {
  const sizes = new Map<string, number>();
  const tell = (letter: string, size: unknown): void => {
    if (typeof size === 'number') sizes.set(letter, size);
  };
  for (const [at, letter] of [...output].entries())
    tell(letter, stated[at - output.length + stated.length]);
  for (const [axis, letter] of [...biasAxes].entries()) tell(letter, bias?.sizes[axis]);
  for (const [axis, letter] of [...inputs].entries()) tell(letter, x.sizes[axis]);
  return sizes;
}

/** Kernels of 4 bits lie as matrices: what is summed by what is not. */
function int4Product(
  b: Builder,
  quantization: Quantization,
  equation: string,
  x: Value,
  sizes: ReadonlyMap<string, number>,
  kernelLetters: string,
): Value {
  const shape = [...kernelLetters].map((letter) => sizes.get(letter) ?? null);
  const inputs = equation.split(',')[0] ?? '';
  if (!isStatic(shape)) throw new Unconvertible('the shape of its packed kernel is not told');
  const sides: readonly number[] = shape;
  const columns = sizeOf(sides.filter((_, at) => !inputs.includes(kernelLetters[at] ?? '')));
  const kernel = reshape(b, matrix(b, quantization, columns), shape);
  const { roundsInputs } = quantization;
  if (!roundsInputs) return einsum(b, equation, [x, kernel]);
  const output = equation.split('->')[1] ?? '';
  const small = rounded(
    b,
    x,
    [...inputs].flatMap((letter, axis) => (output.includes(letter) ? [] : [axis])),
  );
  const sum = einsum(b, equation, [small.x, kernel]);
  return arithmetic(b, 'Div', sum, inOutput(b, small.factor, inputs, output));
}

/** The table of an Embedding, `[words, width]`, as floats. */
export function quantizedTable(call: LayerCall, width: number): Value {
  const quantization = needed(call);
  const { b } = call;
  const { bits, kernel, scale, zero } = quantization;
  const tensor = bits === 8 ? kernel : unpacked(kernel, width);
  return zero ? blockwise(b, tensor, quantization, 1) : dividedBy(tensor, scale, 0);
}
