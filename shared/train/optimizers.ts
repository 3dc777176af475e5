/** How weights move: updates as ONNX ops, the optimizer's state beside the weights. */
import { countOf, type Emitter, type Shape } from './emitter.ts';

export type OptimizerName = 'sgd' | 'adam' | 'adamw';

export interface OptimizerOptions {
  readonly name: OptimizerName;
  /** Of SGD; 0.9. */
  readonly momentum?: number;
  /** Decay of the averages of Adam; [0.9, 0.999]. */
  readonly betas?: readonly [number, number];
  /** Of AdamW: the part of a weight that a step at rate 1 takes away; 0.01. */
  readonly weightDecay?: number;
  /** The longest that the gradient of all weights together may be; unlimited. */
  readonly maxNorm?: number;
}

/** One weight in a step. */
export interface Trained {
  readonly weight: string;
  readonly gradient: string;
  /** Of the same shape, as many as {@link stateCount}. */
  readonly state: readonly string[];
}

/** What comes of it, by the order of the input. */
export interface Updated {
  readonly weight: string;
  readonly state: readonly string[];
}

/** Values without axes that a step is given. */
export interface StepInputs {
  readonly rate: string;
  /** 1 for the first step, as float32. */
  readonly step: string;
}

const EPSILON = 1e-8;

/** Tensors of state that the optimizer keeps for each weight, zeros at first. */
export const stateCount = ({ name, momentum = 0.9 }: OptimizerOptions): number =>
  name === 'sgd' ? (momentum === 0 ? 0 : 1) : 2;

/** One step of all weights. */
export function update(
  emit: Emitter,
  weights: readonly Trained[],
  inputs: StepInputs,
  options: OptimizerOptions,
): Updated[] {
  const scale =
    options.maxNorm === undefined
      ? undefined
      : clipping(
          emit,
          weights.map(({ gradient }) => gradient),
          options.maxNorm,
        );
  const corrections = options.name === 'sgd' ? undefined : biasCorrections(emit, inputs, options);
  return weights.map((one) => {
    const shape = emit.shapeOf(one.weight);
    const gradient =
      scale === undefined ? one.gradient : emit.emit('Mul', [one.gradient, scale], shape);
    const own = { ...one, gradient };
    return corrections
      ? adam(emit, own, inputs, corrections, options)
      : sgd(emit, own, inputs, options);
  });
}

/** min(1, maxNorm / ‖g‖) over all gradients. */
function clipping(emit: Emitter, gradients: readonly string[], maxNorm: number): string {
  const squares = gradients.map((gradient) =>
    emit.emit('ReduceSumSquare', [gradient], [], { attributes: { keepdims: 0 } }),
  );
  const norm = emit.emit('Sqrt', [emit.emit('Sum', squares, [])], []);
  const safe = emit.emit('Add', [norm, emit.scalar(1e-6)], []);
  const ratio = emit.emit('Div', [emit.scalar(maxNorm), safe], []);
  return emit.emit('Min', [ratio, emit.scalar(1)], []);
}

/** v ← μ v + g; w ← w − rate · v */
function sgd(
  emit: Emitter,
  { weight, gradient, state }: Trained,
  { rate }: StepInputs,
  { momentum = 0.9 }: OptimizerOptions,
): Updated {
  const shape = emit.shapeOf(weight);
  const [velocity] = state;
  const moved =
    velocity === undefined
      ? gradient
      : emit.emit(
          'Add',
          [emit.emit('Mul', [velocity, emit.scalar(momentum)], shape), gradient],
          shape,
        );
  const step = emit.emit('Mul', [moved, rate], shape);
  return {
    weight: emit.emit('Sub', [weight, step], shape),
    state: velocity === undefined ? [] : [moved],
  };
}

interface Corrections {
  /** rate / (1 − β₁ᵗ) */
  readonly rate: string;
  /** 1 / (1 − β₂ᵗ) */
  readonly second: string;
}

/** The averages begin at zero: early ones are too small by 1 − βᵗ (Kingma and Ba, 2014, arXiv:1412.6980). */
function biasCorrections(
  emit: Emitter,
  { rate, step }: StepInputs,
  { betas: [first, second] = [0.9, 0.999] }: OptimizerOptions,
): Corrections {
  const left = (beta: number): string => {
    const power = emit.emit('Pow', [emit.scalar(beta), step], []);
    return emit.emit('Sub', [emit.scalar(1), power], []);
  };
  return {
    rate: emit.emit('Div', [rate, left(first)], []),
    second: emit.emit('Reciprocal', [left(second)], []),
  };
}

/** Adam; AdamW takes the decay off the weights themselves (Loshchilov and Hutter, 2017, arXiv:1711.05101). */
function adam(
  emit: Emitter,
  { weight, gradient, state }: Trained,
  { rate }: StepInputs,
  corrections: Corrections,
  { name, betas: [first, second] = [0.9, 0.999], weightDecay = 0.01 }: OptimizerOptions,
): Updated {
  const shape = emit.shapeOf(weight);
  const [mean = '', square = ''] = state;
  const newMean = average(emit, mean, gradient, first, shape);
  const newSquare = average(
    emit,
    square,
    emit.emit('Mul', [gradient, gradient], shape),
    second,
    shape,
  );
  const root = emit.emit('Sqrt', [emit.emit('Mul', [newSquare, corrections.second], shape)], shape);
  const divisor = emit.emit('Add', [root, emit.scalar(EPSILON)], shape);
  const direction = emit.emit('Div', [newMean, divisor], shape);
  const step = emit.emit('Mul', [direction, corrections.rate], shape);
  const kept = name === 'adamw' ? decayed(emit, weight, rate, weightDecay) : weight;
  return { weight: emit.emit('Sub', [kept, step], shape), state: [newMean, newSquare] };
}

/** β a + (1 − β) b */
function average(emit: Emitter, a: string, b: string, beta: number, shape: Shape): string {
  const old = emit.emit('Mul', [a, emit.scalar(beta)], shape);
  return emit.emit('Add', [old, emit.emit('Mul', [b, emit.scalar(1 - beta)], shape)], shape);
}

/** Whether a weight has more than one axis: not a bias or a scale, however it is laid out. */
export const isMatrix = (shape: Shape): boolean =>
  shape.length >= 2 && countOf(shape) !== Math.max(...shape);

/** Matrices and kernels shrink; biases and scales, which have one axis, do not. */
function decayed(emit: Emitter, weight: string, rate: string, weightDecay: number): string {
  const shape = emit.shapeOf(weight);
  if (!isMatrix(shape)) return weight;
  const part = emit.emit('Mul', [rate, emit.scalar(weightDecay)], []);
  const left = emit.emit('Sub', [emit.scalar(1), part], []);
  return emit.emit('Mul', [weight, left], shape);
}
