/** Random models of operators that the passes look for, in all orders: what no author of a case thinks of. */
import { createRandom, type Random } from '../../shared/base/random.ts';
import { floatAttribute, makeNode } from '../../shared/onnx/make-node.ts';
import { float32Tensor, int64Tensor, rawTensor } from '../../shared/onnx/make-tensor.ts';
import type { Dim, Graph, Model, Node, ValueInfo } from '../../shared/onnx/model.ts';
import type { StoredTensor } from '../../shared/onnx/stored-tensor.ts';

/** A value with its shape; `N` is the batch. */
interface Value {
  readonly name: string;
  readonly shape: readonly Dim[];
}

type Step = (value: Value) => Value | undefined;

/**
 * A model of at least `steps` nodes over a float input [N, 4, 6, 6] or [N, 4, H, 6], and a condition;
 * the same seed gives the same model.
 */
export function randomModel(seed: number, steps = 14): Model {
  return new Generator(createRandom(seed, 'random model')).model(steps);
}

const FLAG = { kind: 'tensor', elementType: 'bool', shape: [] } as const;

class Generator {
  readonly #random: Random;
  readonly #nodes: Node[] = [];
  readonly #initializers = new Map<string, StoredTensor>();
  #count = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  model(steps: number): Model {
    const height = this.#random.float() < 0.3 ? 'H' : 6;
    const input: Value = { name: 'x', shape: ['N', 4, height, 6] };
    const values = [input];
    for (let step = 0; step < steps; ) {
      // Mostly a chain, now and then a branch from an earlier value.
      const from = this.#random.float() < 0.8 ? values.at(-1) : this.#pick(values);
      const made = from && this.#pick(this.#steps)(from);
      if (!made) continue;
      values.push(made);
      step++;
    }
    const last = values.at(-1) ?? input;
    const others = values.slice(1, -1).filter(() => this.#random.float() < 0.08);
    const info = ({ name, shape }: Value): ValueInfo => ({
      name,
      type: { kind: 'tensor', elementType: 'float32', shape },
    });
    return {
      irVersion: 8,
      opsets: new Map([['', 17]]),
      graph: {
        name: 'random',
        nodes: this.#nodes,
        initializers: this.#initializers,
        sparseInitializers: [],
        inputs: [info(input), { name: 'flag', type: FLAG }],
        // The sizes of outputs are for the runtime to find.
        outputs: [last, ...others].map(({ name, shape }) =>
          info({ name, shape: shape.map(() => null) }),
        ),
        valueInfo: new Map(),
      },
      functions: [],
      producerName: '',
      producerVersion: '',
      domain: '',
      modelVersion: 0,
      docString: '',
      metadata: new Map(),
    };
  }

  readonly #steps: readonly Step[] = [
    (value) => this.#conv(value),
    (value) => this.#conv(value),
    (value) => this.#batchNorm(value),
    (value) => this.#constant(value),
    (value) => this.#constant(value),
    (value) => this.#constant(value),
    (value) => this.#matMul(value),
    (value) => this.#add('Identity', [value.name], value.shape),
    (value) => this.#add('Relu', [value.name], value.shape),
    (value) => this.#add('Neg', [value.name], value.shape),
    (value) => this.#add('Sigmoid', [value.name], value.shape),
    (value) => this.#clip(value),
    (value) => this.#transpose(value),
    (value) => this.#transpose(value),
    (value) => this.#reshape(value),
    (value) => this.#computedReshape(value),
    (value) => this.#unsqueeze(value),
    (value) => this.#squeeze(value),
    (value) => this.#slice(value),
    (value) => this.#concat(value),
    (value) => this.#pad(value),
    (value) => this.#pool(value),
    (value) => this.#halves(value),
    (value) => this.#hardSwish(value),
    (value) => this.#casts(value),
    (value) => this.#branch(value),
    (value) => this.#branch(value),
    (value) => this.#parts(value),
  ];

  #pick<T>(list: readonly T[]): T {
    const found = list[this.#random.below(list.length)];
    if (found === undefined) throw new Error('nothing to pick from');
    return found;
  }

  #int(from: number, to: number): number {
    return from + this.#random.below(to - from + 1);
  }

  #add(
    op: string,
    inputs: readonly string[],
    shape: readonly Dim[],
    attributes: Parameters<typeof makeNode>[3] = {},
  ): Value {
    const name = `v${this.#count++}`;
    this.#nodes.push(makeNode(op, inputs, [name], attributes));
    return { name, shape };
  }

  #floats(dims: readonly number[], from = -1, to = 1): string {
    const name = `c${this.#count++}`;
    const length = dims.reduce((product, dim) => product * dim, 1);
    const values = Array.from({ length }, () => from + this.#random.float() * (to - from));
    this.#initializers.set(name, float32Tensor(name, dims, values));
    return name;
  }

  #ints(values: readonly number[], dims: readonly number[] = [values.length]): string {
    const name = `c${this.#count++}`;
    this.#initializers.set(name, int64Tensor(name, dims, values));
    return name;
  }

  #conv({ name, shape }: Value): Value | undefined {
    const [batch = null, channels, ...sizes] = shape;
    if (shape.length !== 4 || typeof channels !== 'number') return undefined;
    const kernel = this.#int(1, 3);
    const pad = this.#random.float() < 0.5 ? Math.floor(kernel / 2) : 0;
    const keepsSize = pad > 0 && kernel === 3;
    const isOdd = (size: Dim): boolean =>
      typeof size === 'number' ? size + 2 * pad < kernel : !keepsSize;
    if (sizes.some(isOdd)) return undefined;
    const groups = this.#random.float() < 0.3 ? channels : 1;
    const out = groups * this.#int(1, 2) * (groups === 1 ? 2 : 1);
    const inputs = [name, this.#floats([out, channels / groups, kernel, kernel])];
    if (this.#random.float() < 0.6) inputs.push(this.#floats([out]));
    const after = sizes.map((size) =>
      typeof size === 'number' ? size + 2 * pad - kernel + 1 : size,
    );
    return this.#add('Conv', inputs, [batch, out, ...after], {
      group: groups,
      pads: [pad, pad, pad, pad],
    });
  }

  #batchNorm({ name, shape }: Value): Value | undefined {
    const channels = shape[1];
    if (shape.length < 2 || typeof channels !== 'number') return undefined;
    const [gamma, beta, mean] = [0, 0, 0].map(() => this.#floats([channels]));
    const inputs = [name, gamma ?? '', beta ?? '', mean ?? '', this.#floats([channels], 0.1, 2)];
    return this.#add('BatchNormalization', inputs, shape);
  }

  /** x ∘ c, with a constant of one number, one a channel, one a column, or neutral. */
  #constant({ name, shape }: Value): Value | undefined {
    const op = this.#pick(['Add', 'Sub', 'Mul', 'Div']);
    const kinds: (readonly number[])[] = [[], [1], shape.map(() => 1)];
    const last = shape.at(-1);
    if (typeof last === 'number') kinds.push([last]);
    const channels = shape[1];
    if (typeof channels === 'number')
      kinds.push([channels, ...new Array<number>(Math.max(0, shape.length - 2)).fill(1)]);
    const dims = this.#pick(kinds.filter(({ length }) => length <= shape.length));
    const isFactor = op === 'Mul' || op === 'Div';
    const isNeutral = this.#random.float() < 0.15;
    const neutral = isFactor ? 1 : 0;
    const constant = isNeutral ? this.#floats(dims, neutral, neutral) : this.#floats(dims, 0.3, 2);
    const isReversed = !isNeutral && this.#random.float() < 0.2 && op !== 'Div';
    return this.#add(op, isReversed ? [constant, name] : [name, constant], shape);
  }

  #matMul({ name, shape }: Value): Value | undefined {
    const inner = shape.at(-1);
    if (shape.length < 2 || typeof inner !== 'number') return undefined;
    const out = this.#int(1, 5);
    const isGemm = shape.length === 2 && this.#random.float() < 0.5;
    const after = [...shape.slice(0, -1), out];
    if (!isGemm) return this.#add('MatMul', [name, this.#floats([inner, out])], after);
    const transB = this.#int(0, 1);
    const weight = this.#floats(transB === 1 ? [out, inner] : [inner, out]);
    return this.#add('Gemm', [name, weight, this.#floats([out])], after, { transB });
  }

  #clip({ name, shape }: Value): Value {
    const min = this.#random.float() < 0.7 ? this.#floats([], -1, 0) : '';
    return this.#add('Clip', [name, min, this.#floats([], 0, 2)], shape);
  }

  #transpose({ name, shape }: Value): Value {
    const perm = shape.map((_, axis) => axis);
    for (let axis = perm.length - 1; axis > 0; axis--) {
      const other = this.#random.below(axis + 1);
      [perm[axis], perm[other]] = [perm[other] ?? 0, perm[axis] ?? 0];
    }
    return this.#add(
      'Transpose',
      [name],
      perm.map((axis) => shape[axis] ?? null),
      { perm },
    );
  }

  /** Two neighbouring known sizes become one. */
  #reshape({ name, shape }: Value): Value | undefined {
    const at = this.#random.below(Math.max(1, shape.length - 1));
    const [one, other] = [shape[at], shape[at + 1]];
    if (typeof one !== 'number' || typeof other !== 'number') return undefined;
    const after: Dim[] = [...shape.slice(0, at), one * other, ...shape.slice(at + 2)];
    if (after.slice(at).filter((dim) => typeof dim !== 'number').length > 1) return undefined;
    const sizes = after.map((dim, axis) => (typeof dim === 'number' ? dim : axis <= at ? 0 : -1));
    return this.#add('Reshape', [name, this.#ints(sizes)], after);
  }

  /**
   * The same, its shape computed from that of the value. Free sizes stay where they were: a 0 elsewhere
   * would be read as "the size that the input has there".
   */
  #computedReshape({ name, shape }: Value): Value | undefined {
    const last = shape.findLastIndex((dim) => typeof dim !== 'number');
    if (shape.length - last < 3) return undefined;
    const sizes = this.#add('Shape', [name], [shape.length]);
    const parts = shape.map((_, axis) => {
      const size = this.#add('Gather', [sizes.name, this.#ints([axis], [])], []);
      return this.#add('Unsqueeze', [size.name, this.#ints([0])], [1]).name;
    });
    const at = this.#int(last + 1, parts.length - 2);
    const [one, other] = [shape[at], shape[at + 1]];
    if (typeof one !== 'number' || typeof other !== 'number') return undefined;
    const merged = this.#ints([one * other]);
    const inputs = [...parts.slice(0, at), merged, ...parts.slice(at + 2)];
    const wanted = this.#add('Concat', inputs, [inputs.length], { axis: 0 });
    const after = [...shape.slice(0, at), one * other, ...shape.slice(at + 2)];
    return this.#add('Reshape', [name, wanted.name], after);
  }

  #unsqueeze({ name, shape }: Value): Value | undefined {
    if (shape.length > 4) return undefined;
    const axis = this.#int(0, shape.length);
    const after = shape.toSpliced(axis, 0, 1);
    return this.#add('Unsqueeze', [name, this.#ints([axis])], after);
  }

  #squeeze({ name, shape }: Value): Value | undefined {
    const axis = shape.indexOf(1);
    if (axis < 0) return undefined;
    return this.#add('Squeeze', [name, this.#ints([axis])], shape.toSpliced(axis, 1));
  }

  #slice({ name, shape }: Value): Value | undefined {
    const axis = this.#random.below(shape.length);
    const size = shape[axis];
    if (typeof size !== 'number') return undefined;
    const start = this.#random.below(size);
    const end = this.#int(start + 1, size);
    const bounds = [[start], [end === size && this.#random.float() < 0.5 ? 2 ** 40 : end], [axis]];
    const inputs = [name, ...bounds.map((bound) => this.#ints(bound))];
    return this.#add('Slice', inputs, shape.with(axis, end - start));
  }

  /** With itself, with zeros, or two halves again. */
  #concat({ name, shape }: Value): Value | undefined {
    const axis = this.#random.below(shape.length);
    const size = shape[axis];
    if (typeof size !== 'number' || size > 8) return undefined;
    if (this.#random.float() < 0.5)
      return this.#add('Concat', [name, name], shape.with(axis, 2 * size), { axis });
    const dims = shape.filter((dim) => typeof dim === 'number');
    if (dims.length !== shape.length) return undefined;
    const zeros = this.#floats(dims, 0, 0);
    return this.#add('Concat', [name, zeros], shape.with(axis, 2 * size), { axis });
  }

  #pad({ name, shape }: Value): Value | undefined {
    if (shape.length !== 4) return undefined;
    const pads = [0, 0, this.#int(0, 1), this.#int(0, 1), 0, 0, this.#int(0, 1), this.#int(0, 1)];
    const after = shape.map((dim, axis) =>
      typeof dim === 'number' ? dim + (pads[axis] ?? 0) + (pads[axis + 4] ?? 0) : dim,
    );
    const inputs = [name, this.#ints(pads)];
    if (pads.some((pad, axis) => pad > 0 && typeof shape[axis % 4] !== 'number')) return undefined;
    return this.#add('Pad', inputs, after);
  }

  #pool({ name, shape }: Value): Value | undefined {
    const [batch = null, channels = null, ...sizes] = shape;
    if (shape.length !== 4 || sizes.some((size) => typeof size !== 'number' || size < 2))
      return undefined;
    const after = sizes.map((size) => (typeof size === 'number' ? size - 1 : size));
    const op = this.#pick(['MaxPool', 'AveragePool']);
    return this.#add(op, [name], [batch, channels, ...after], { kernel_shape: [2, 2] });
  }

  /** Taken apart along an axis and added. */
  #halves({ name, shape }: Value): Value | undefined {
    const axis = shape.indexOf(2);
    if (axis < 0) return undefined;
    const rest = shape.toSpliced(axis, 1);
    const [one, other] = [0, 1].map((at) => {
      const bounds = [[at], [at + 1], [axis]].map((bound) => this.#ints(bound));
      const part = this.#add('Slice', [name, ...bounds], shape.with(axis, 1));
      return this.#add('Squeeze', [part.name, this.#ints([axis])], rest).name;
    });
    return this.#add('Add', [one ?? '', other ?? ''], rest);
  }

  #hardSwish({ name, shape }: Value): Value {
    const shifted = this.#add('Add', [name, this.#floats([], 3, 3)], shape);
    const bounds = [this.#floats([], 0, 0), this.#floats([], 6, 6)];
    const clipped = this.#add('Clip', [shifted.name, ...bounds], shape);
    const gated = this.#add('Mul', [name, clipped.name], shape);
    return this.#add('Div', [gated.name, this.#floats([], 6, 6)], shape);
  }

  /** If over a condition that is an input, a constant, or computed from a shape. */
  #branch({ name, shape }: Value): Value | undefined {
    const kind = this.#int(0, 2);
    const body = (index: number): Graph => {
      const outer = { nodes: this.#nodes.length, value: { name, shape } };
      const kinds = ['Neg', 'Relu', 'Identity'];
      const steps = Array.from({ length: this.#int(1, 3) }, () => this.#pick(kinds));
      let at: Value = outer.value;
      for (const op of steps) at = this.#add(op, [at.name], shape);
      at = this.#add('Mul', [at.name, this.#floats([], 0.5, 2)], shape);
      const nodes = this.#nodes.splice(outer.nodes);
      return {
        name: `branch${index}`,
        nodes,
        initializers: new Map(),
        sparseInitializers: [],
        inputs: [],
        outputs: [{ name: at.name, type: null }],
        valueInfo: new Map(),
      };
    };
    const [yes, no] = [body(0), body(1)];
    const condition = kind === 0 ? 'flag' : kind === 1 ? this.#bool() : this.#isFour(name, shape);
    if (condition === undefined) return undefined;
    return this.#add('If', [condition], shape, { then_branch: yes, else_branch: no });
  }

  #bool(): string {
    const name = `c${this.#count++}`;
    const bytes = Uint8Array.of(this.#int(0, 1));
    this.#initializers.set(name, rawTensor(name, 'bool', [], bytes));
    return name;
  }

  /** Whether the size along some known axis is four, found out when it runs. */
  #isFour(name: string, shape: readonly Dim[]): string | undefined {
    const axis = shape.findIndex((dim) => typeof dim === 'number');
    if (axis < 0) return undefined;
    const sizes = this.#add('Shape', [name], [shape.length]);
    const size = this.#add('Gather', [sizes.name, this.#ints([axis], [])], []);
    return this.#add('Equal', [size.name, this.#ints([4], [])], []).name;
  }

  /** Split, and put together the other way round. */
  #parts({ name, shape }: Value): Value | undefined {
    const axis = shape.findIndex((dim) => typeof dim === 'number' && dim >= 2);
    const size = shape[axis];
    if (typeof size !== 'number') return undefined;
    const first = this.#int(1, size - 1);
    const outputs = [`v${this.#count++}`, `v${this.#count++}`];
    const sizes = this.#ints([first, size - first]);
    this.#nodes.push(makeNode('Split', [name, sizes], outputs, { axis }));
    return this.#add('Concat', outputs.toReversed(), shape, { axis });
  }

  #casts({ name, shape }: Value): Value {
    const wide = this.#add('Cast', [name], shape, { to: 11 });
    const scaled =
      this.#random.float() < 0.3
        ? this.#add('LeakyRelu', [wide.name], shape, { alpha: floatAttribute(0.5) })
        : wide;
    return this.#add('Cast', [scaled.name], shape, { to: 1 });
  }
}
