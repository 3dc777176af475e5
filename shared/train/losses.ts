/** What training makes smaller: one number of a batch, the mean over its samples. */
import { countOf, type Emitter } from './emitter.ts';

/**
 * `cross-entropy`: of logits [N, K] against class numbers [N] (int64) or probabilities [N, K]; `mse` and `huber` of
 * values against values of the same shape; `cosine`: 1 − the cosine of features, a row a sample.
 */
export type LossName = 'cross-entropy' | 'mse' | 'huber' | 'cosine';

/** From here on the Huber loss grows by the distance, not by its square. */
const HUBER_DELTA = 1;

/** Added to lengths before they divide. */
const SMALL = 1e-12;

/** Log-probabilities of logits along the last axis: never the logarithm of a probability, which may be zero. */
export const logProbabilities = (emit: Emitter, logits: string): string =>
  emit.emit('LogSoftmax', [logits], emit.shapeOf(logits), { attributes: { axis: -1 } });

/** Probabilities [N, K] of classes: of one, or as they are given. */
export interface ClassTarget {
  readonly kind: 'classes' | 'probabilities';
  readonly name: string;
}

/** −Σ p log q, the mean over samples. `temperature` softens the logits (not the target). */
export function crossEntropy(
  emit: Emitter,
  logits: string,
  target: ClassTarget,
  temperature = 1,
): string {
  const shape = emit.shapeOf(logits);
  const soft =
    temperature === 1 ? logits : emit.emit('Mul', [logits, emit.scalar(1 / temperature)], shape);
  const logs = logProbabilities(emit, soft);
  const probabilities = target.kind === 'classes' ? oneHot(emit, target.name, shape) : target.name;
  const products = emit.emit('Mul', [probabilities, logs], shape);
  return scaledSum(emit, products, -1 / samplesOf(shape));
}

/** Rows are samples; of sequences and images every place is one. */
const samplesOf = (shape: readonly number[]): number => countOf(shape) / (shape.at(-1) ?? 1);

function oneHot(emit: Emitter, classes: string, shape: readonly number[]): string {
  const depth = emit.ints([shape.at(-1) ?? 1]);
  const values = emit.floats([2], Float32Array.of(0, 1));
  return emit.emit('OneHot', [classes, depth, values], shape, { attributes: { axis: -1 } });
}

/** Σ value · scale, without axes. */
function scaledSum(emit: Emitter, value: string, scale: number): string {
  const sum = emit.emit('ReduceSum', [value], [], { attributes: { keepdims: 0 } });
  return emit.emit('Mul', [sum, emit.scalar(scale)], []);
}

/**
 * Cross-entropy of yes or no, of logits x against chances z of the same shape: log(1 + eˣ) − x z, the mean over all.
 * `temperature` softens the logits (not the target).
 */
export function binaryCrossEntropy(
  emit: Emitter,
  logits: string,
  target: string,
  temperature = 1,
): string {
  const shape = emit.shapeOf(logits);
  const soft =
    temperature === 1 ? logits : emit.emit('Mul', [logits, emit.scalar(1 / temperature)], shape);
  const positive = emit.unary('Softplus', soft);
  const products = emit.emit('Mul', [soft, target], shape);
  const each = emit.emit('Sub', [positive, products], shape);
  return scaledSum(emit, each, 1 / countOf(shape));
}

/** The mean of squared differences. */
export function meanSquaredError(emit: Emitter, value: string, target: string): string {
  const shape = emit.shapeOf(value);
  const difference = emit.emit('Sub', [value, target], shape);
  const squares = emit.emit('Mul', [difference, difference], shape);
  return scaledSum(emit, squares, 1 / countOf(shape));
}

/** ½ d² where |d| ≤ δ, beyond it δ (|d| − ½ δ): with c = d cut to ±δ both are c (d − ½ c). */
export function huber(emit: Emitter, value: string, target: string): string {
  const shape = emit.shapeOf(value);
  const difference = emit.emit('Sub', [value, target], shape);
  const bounds = [emit.scalar(-HUBER_DELTA), emit.scalar(HUBER_DELTA)];
  const cut = emit.emit('Clip', [difference, ...bounds], shape);
  const half = emit.emit('Mul', [cut, emit.scalar(0.5)], shape);
  const rest = emit.emit('Sub', [difference, half], shape);
  return scaledSum(emit, emit.emit('Mul', [cut, rest], shape), 1 / countOf(shape));
}

/** 1 − cosine of what belongs to each sample, the mean over samples. */
export function cosineDistance(emit: Emitter, value: string, target: string): string {
  const [batch = 1] = emit.shapeOf(value);
  const rows = [batch, countOf(emit.shapeOf(value)) / batch];
  const [a, b] = [emit.reshape(value, rows), emit.reshape(target, rows)];
  const dot = (left: string, right: string): string =>
    emit.sum(emit.emit('Mul', [left, right], rows), [1]);
  const each = [batch, 1];
  const lengths = emit.emit('Mul', [dot(a, a), dot(b, b)], each);
  const safe = emit.emit('Add', [lengths, emit.scalar(SMALL)], each);
  const cosines = emit.emit('Div', [dot(a, b), emit.emit('Sqrt', [safe], each)], each);
  const distances = emit.emit('Sub', [emit.scalar(1), cosines], each);
  return scaledSum(emit, distances, 1 / batch);
}

/** The same divergence for columns that are yes or no by themselves, times T²: the mean over all. */
export function binaryDistillation(
  emit: Emitter,
  logits: string,
  teacher: string,
  temperature: number,
): string {
  const shape = emit.shapeOf(teacher);
  const wanted = emit.emit('Mul', [teacher, emit.scalar(1 / temperature)], shape);
  const chances = emit.unary('Sigmoid', wanted);
  const found = binaryCrossEntropy(emit, logits, chances, temperature);
  // What the teacher itself is unsure of: so that the least is zero.
  const own = binaryCrossEntropy(emit, teacher, chances, temperature);
  const rest = emit.emit('Sub', [found, own], []);
  return emit.emit('Mul', [rest, emit.scalar(temperature * temperature)], []);
}

/** The sum of squared differences in parts of the target's: outputs of any size weigh the same. */
export function relativeSquaredError(emit: Emitter, value: string, target: string): string {
  const shape = emit.shapeOf(value);
  const difference = emit.emit('Sub', [value, target], shape);
  const squares = (of: string): string => {
    const sum = emit.emit('ReduceSumSquare', [of], [], { attributes: { keepdims: 0 } });
    return emit.emit('Mul', [sum, emit.scalar(1 / countOf(shape))], []);
  };
  const safe = emit.emit('Add', [squares(target), emit.scalar(SMALL)], []);
  return emit.emit('Div', [squares(difference), safe], []);
}

/**
 * The Kullback–Leibler divergence of softened logits from a teacher's, times T² so that its gradients stay as large as
 * those of hard labels (Hinton et al., 2015, arXiv:1503.02531).
 */
export function distillation(
  emit: Emitter,
  logits: string,
  teacher: string,
  temperature: number,
): string {
  const shape = emit.shapeOf(logits);
  const scale = emit.scalar(1 / temperature);
  const wanted = logProbabilities(emit, emit.emit('Mul', [teacher, scale], shape));
  const found = logProbabilities(emit, emit.emit('Mul', [logits, scale], shape));
  const difference = emit.emit('Sub', [wanted, found], shape);
  const probabilities = emit.emit('Exp', [wanted], shape);
  const products = emit.emit('Mul', [probabilities, difference], shape);
  return scaledSum(emit, products, (temperature * temperature) / samplesOf(shape));
}
