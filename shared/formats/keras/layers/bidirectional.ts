/** A recurrent layer in both directions. */
import type { Builder } from '../../build/builder.ts';
import { arithmetic } from '../../build/elementwise.ts';
import { concat, splitEvenly } from '../../build/join.ts';
import { recur } from '../../build/recurrence.ts';
import { reshape, squeeze, transpose } from '../../build/reshape.ts';
import { Unconvertible } from '../../build/unconvertible.ts';
import type { Value } from '../../build/value.ts';
import { describe, flagOf, inputOf, isObject, numberOf, weightsOf } from '../config.ts';
import type {
  Json,
  JsonObject,
  Layer,
  LayerCall,
  LayerResult,
  LayerTable,
  LayerWeights,
} from '../layer.ts';
import { activationsOf, initialStates, isResetAfter, reversed, timeFirst } from './recurrent.ts';

/** A layer in serialized form, taken apart. */
interface Inner {
  readonly className: string;
  readonly config: JsonObject;
  readonly entry: JsonObject;
}

function innerOf(entry: Json | undefined): Inner {
  if (isObject(entry) && typeof entry.class_name === 'string' && isObject(entry.config))
    return { className: entry.class_name, config: entry.config, entry };
  throw new Unconvertible('it holds no recurrent layer');
}

const nameOf = (direction: string, { config }: Inner): string => {
  const name = typeof config.name === 'string' ? config.name : '';
  return name.startsWith(`${direction}_`) ? name : `${direction}_${name}`;
};

/** The layer with the settings that Bidirectional gives it. */
function adjusted({ config, entry }: Inner, isReverse: boolean): JsonObject {
  const isSequence = flagOf(config, 'return_sequences', false);
  return {
    ...entry,
    config: { ...config, go_backwards: isReverse, zero_output_for_mask: isSequence },
  };
}

const bidirectional: Layer = (call) => {
  const { config, weights } = call;
  const forward = innerOf(config.layer);
  const isReverse = flagOf(forward.config, 'go_backwards', false);
  const backward = config.backward_layer ? innerOf(config.backward_layer) : forward;
  const parts = [
    {
      inner: forward,
      isReverse,
      weights: weights.child('forward_layer', nameOf('forward', forward)),
    },
    {
      inner: backward,
      isReverse: !isReverse,
      weights: weights.child('backward_layer', nameOf('backward', backward)),
    },
  ] as const;
  return runTogether(call, parts) ?? runApart(call, parts);
};

type Part = { readonly inner: Inner; readonly isReverse: boolean; readonly weights: LayerWeights };

/** Each direction by itself, whatever the layer is. */
function runApart(call: LayerCall, parts: readonly [Part, Part]): LayerResult {
  const { b, config } = call;
  const x = inputOf(call);
  const states = initialStates(call);
  const half = states.length / 2;
  const [forward, backward] = parts.map(({ inner, isReverse, weights }, index) =>
    call.apply(adjusted(inner, isReverse), [x], weights, {
      masks: call.masks.slice(0, 1),
      ...(half > 0 && {
        keywords: { initial_state: states.slice(index * half, (index + 1) * half) },
      }),
    }),
  );
  const [y, ...yStates] = forward?.outputs ?? [];
  const [other, ...otherStates] = backward?.outputs ?? [];
  if (!y || !other) throw new Unconvertible('one of its directions gives nothing');
  const isSequence = flagOf(parts[0].inner.config, 'return_sequences', false);
  // The second direction gives its steps from the last to the first.
  const inTime = isSequence ? reversed(b, other) : other;
  return {
    outputs: [...merged(b, config, y, inTime), ...yStates, ...otherStates],
    mask: isSequence ? forward?.mask : undefined,
  };
}

/** One operator of ONNX for both, where it can do what both want. */
function runTogether(call: LayerCall, parts: readonly [Part, Part]): LayerResult | undefined {
  const { b, config, keras } = call;
  const x = inputOf(call);
  const [{ inner: forward, isReverse }, { inner: backward }] = parts;
  const op = forward.className === 'SimpleRNN' ? 'RNN' : forward.className;
  if (op !== 'LSTM' && op !== 'GRU' && op !== 'RNN') return undefined;
  const keys = [
    'units',
    'activation',
    'recurrent_activation',
    'use_bias',
    'reset_after',
    'return_sequences',
    'return_state',
  ];
  const isAlike =
    forward.className === backward.className &&
    keys.every((key) => forward.config[key] === backward.config[key]);
  const activations = activationsOf(op, forward.config, keras);
  if (!isAlike || isReverse || !activations || call.masks[0] || x.type !== 'float32')
    return undefined;
  const count = flagOf(forward.config, 'use_bias', true) ? 3 : 2;
  const states = initialStates(call);
  const half = states.length / 2;
  const units = numberOf(forward.config, 'units');
  const { sequence, states: ends } = recur(b, timeFirst(b, x), {
    op,
    units,
    weights: parts.map(({ weights }) => {
      const [kernel, recurrent, bias] = weightsOf({ weights: weights.child('cell') }, count);
      if (!kernel || !recurrent) throw new Unconvertible('it has no kernels');
      return { kernel, recurrent, bias };
    }),
    isReverse: false,
    activations,
    isResetAfter: isResetAfter(forward.config, keras),
    ...(half > 0 && { initial: [states.slice(0, half), states.slice(half)] }),
  });
  if (flagOf(forward.config, 'stateful', false))
    call.note(
      'Stateful recurrent layers begin each call with the states that they are given, or with zeros.',
    );
  const isSequence = flagOf(forward.config, 'return_sequences', false);
  const [last] = ends;
  if (!last) throw new Unconvertible('it has no state');
  // [T, 2, N, units] as [N, T, 2, units], or [2, N, units] as [N, 2, units].
  const both = isSequence ? transpose(b, sequence, [2, 0, 1, 3]) : transpose(b, last, [1, 0, 2]);
  const outputs =
    config.merge_mode === 'concat' || config.merge_mode === undefined
      ? [joined(b, both, units)]
      : merged(b, config, ...halves(b, both));
  if (!flagOf(forward.config, 'return_state', false)) return { outputs, mask: undefined };
  const split = ends.map((state) =>
    splitEvenly(b, state, 2, 0).map((part) => squeeze(b, part, [0])),
  );
  return {
    outputs: [...outputs, ...[0, 1].flatMap((side) => split.flatMap((state) => state[side] ?? []))],
    mask: undefined,
  };
}

function joined(b: Builder, both: Value, units: number): Value {
  const front = both.sizes.slice(0, -2);
  return reshape(b, both, [...front, 2 * units]);
}

function halves(b: Builder, both: Value): [Value, Value] {
  const axis = both.rank - 2;
  const [forward, backward] = splitEvenly(b, both, 2, axis).map((part) => squeeze(b, part, [axis]));
  if (!forward || !backward) throw new Unconvertible('it has no two directions');
  return [forward, backward];
}

function merged(b: Builder, config: JsonObject, y: Value, other: Value): readonly Value[] {
  const mode = config.merge_mode === undefined ? 'concat' : config.merge_mode;
  switch (mode) {
    case 'concat':
      return [concat(b, [y, other], -1)];
    case 'sum':
      return [arithmetic(b, 'Add', y, other)];
    case 'ave':
      return [arithmetic(b, 'Mul', arithmetic(b, 'Add', y, other), b.scalar(0.5, y.type))];
    case 'mul':
      return [arithmetic(b, 'Mul', y, other)];
    case null:
      return [y, other];
    default:
      throw new Unconvertible(`its merge_mode is ${describe(mode)}`);
  }
}

export const BIDIRECTIONAL_LAYERS: LayerTable = { Bidirectional: bidirectional };
