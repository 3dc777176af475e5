/** Layers that turn numbers into categories: CategoryEncoding, Discretization, IntegerLookup, and those that cannot be. */
import type { ElementType } from '../../../onnx/element-type.ts';
import type { Builder } from '../../build/builder.ts';
import { cast } from '../../build/cast.ts';
import { arithmetic, broadcast, comparison } from '../../build/elementwise.ts';
import { reduce } from '../../build/reduce.ts';
import { squeeze, unsqueeze } from '../../build/reshape.ts';
import { Unconvertible } from '../../build/unconvertible.ts';
import { Value } from '../../build/value.ts';
import { describe, inputOf, isList, isObject, numberOf, textOf } from '../config.ts';
import type { Json, Layer, LayerCall, LayerTable } from '../layer.ts';
import { countBounds, oneHot } from './operations-index.ts';
import { floorMod } from './operations-math.ts';

/** Categories as `output_mode` asks for them. */
function encode(
  b: Builder,
  indices: Value,
  mode: string,
  depth: number,
  type: ElementType,
  weights?: Value,
): Value {
  if (mode === 'int') return cast(b, indices, type);
  const x = indices.rank === 0 ? unsqueeze(b, indices, [0]) : indices;
  if (mode === 'one_hot') {
    const isColumn = x.rank > 1 && x.sizes.at(-1) === 1;
    return oneHot(b, isColumn ? squeeze(b, x, [-1]) : x, depth, -1, type);
  }
  const axis = x.rank > 1 ? 1 : 0;
  const hot = oneHot(b, x, depth, -1, type);
  if (mode === 'multi_hot') return reduce(b, 'ReduceMax', hot, [axis], false);
  if (mode !== 'count') throw new Unconvertible(`its output_mode "${mode}" has no conversion`);
  const weighted = weights
    ? arithmetic(b, 'Mul', hot, unsqueeze(b, cast(b, weights, type), [-1]))
    : hot;
  return reduce(b, 'ReduceSum', weighted, [axis], false);
}

function categoryEncoding(call: LayerCall): Value {
  const { b, config, keywords } = call;
  const depth = numberOf(config, 'num_tokens');
  const weights = keywords.count_weights;
  return encode(
    b,
    cast(b, inputOf(call), 'int64'),
    textOf(config, 'output_mode', 'multi_hot'),
    depth,
    'float32',
    weights instanceof Value ? weights : call.inputs[1],
  );
}

function discretization(call: LayerCall): Value {
  const { b, config, keras } = call;
  const bounds = config.bin_boundaries;
  if (!isList(bounds))
    throw new Unconvertible(
      'the file holds no bounds of its bins',
      'Call adapt() before saving, or give bin_boundaries.',
    );
  const values = bounds.map((bound) => {
    if (typeof bound === 'number') return bound;
    throw new Unconvertible(`one of its bounds is ${describe(bound)}`);
  });
  const x = cast(b, inputOf(call), 'float32');
  const indices = countBounds(b, x, b.numbers(values, 'float32'), 'GreaterOrEqual');
  const mode = textOf(config, 'output_mode', 'int');
  const whole = keras === 2 ? 'int64' : 'int32';
  return encode(b, indices, mode, values.length + 1, mode === 'int' ? whole : 'float32');
}

/** The numbers of a vocabulary, from the configuration or from the text beside the variables. */
function vocabularyOf({ config, weights }: LayerCall): readonly number[] {
  const given: Json | undefined = config.vocabulary;
  const stated = isObject(given) && isObject(given.config) ? given.config.value : given;
  const list = isList(stated) ? stated : linesOf(weights.asset?.('vocabulary.txt'));
  if (!list)
    throw new Unconvertible(
      'its vocabulary is not in the file',
      'Give the vocabulary when the layer is made: IntegerLookup(vocabulary=[…]).',
    );
  return list.map((item) => {
    const number = typeof item === 'string' && item.trim() !== '' ? Number(item) : item;
    if (Number.isSafeInteger(number)) return Number(number);
    throw new Unconvertible(`one word of its vocabulary is ${describe(item)}`);
  });
}

const linesOf = (text: string | undefined): readonly string[] | undefined =>
  text?.split('\n').filter((line, at, lines) => line !== '' || at < lines.length - 1);

/** Indices of the vocabulary: the mask first, then those out of it, then the words. */
function integerLookup(call: LayerCall): Value {
  const { b, config, keras } = call;
  if (config.oov_method === 'farmhash' || (config.salt !== null && config.salt !== undefined))
    throw new Unconvertible(
      'it hashes what is not in its vocabulary',
      'Cut the model behind it with --inputs.',
    );
  const mask = typeof config.mask_token === 'number' ? config.mask_token : undefined;
  const mode = textOf(config, 'output_mode', 'int');
  const strangers = numberOf(config, 'num_oov_indices', 1);
  const reserved = (mask !== undefined && mode === 'int' ? 1 : 0) + strangers;
  const words = withoutReserved(vocabularyOf(call), mask, strangers, config.oov_token);
  const x = cast(b, inputOf(call), 'int64');
  if (config.invert === true)
    return invert(b, x, words, reserved, mask, numberOf(config, 'oov_token', -1));
  const first = mask !== undefined && mode === 'int' ? 1 : 0;
  const outside =
    strangers > 1
      ? arithmetic(b, 'Add', floorMod(b, x, b.scalar(strangers, 'int64')), b.scalar(first, 'int64'))
      : b.scalar(strangers === 1 ? first : -1, 'int64');
  const indices = lookUp(b, x, words, reserved, outside);
  const masked =
    mask === undefined || mode !== 'int'
      ? indices
      : broadcast(
          b,
          'Where',
          [comparison(b, 'Equal', x, b.scalar(mask, 'int64')), b.scalar(0, 'int64'), indices],
          'int64',
        );
  const maximum = config.max_tokens;
  const depth =
    config.pad_to_max_tokens === true && typeof maximum === 'number'
      ? maximum
      : words.length + reserved;
  // Keras 3 counts in the type of the indices as well.
  return encode(b, masked, mode, depth, mode === 'int' || keras === 3 ? 'int64' : 'float32');
}

/** A vocabulary may begin with the mask and the word that stands for strangers. */
function withoutReserved(
  words: readonly number[],
  mask: number | undefined,
  strangers: number,
  oov: Json | undefined,
): readonly number[] {
  let rest = words;
  if (mask !== undefined && rest[0] === mask && rest[1] === oov) rest = rest.slice(1);
  for (let left = strangers; left > 0 && rest[0] === oov; left--) rest = rest.slice(1);
  return rest;
}

/** Each word against each element: one comparison, one sum. */
function lookUp(
  b: Builder,
  x: Value,
  words: readonly number[],
  first: number,
  outside: Value,
): Value {
  const keys = b.numbers(words, 'int64');
  const found = comparison(b, 'Equal', unsqueeze(b, x, [-1]), keys);
  const places = b.numbers(
    words.map((_, at) => at + first + 1),
    'int64',
  );
  const none = b.scalar(0, 'int64');
  const hits = reduce(
    b,
    'ReduceSum',
    broadcast(b, 'Where', [found, places, none], 'int64'),
    [-1],
    false,
  );
  const isFound = comparison(b, 'Greater', hits, none);
  const index = arithmetic(b, 'Sub', hits, b.scalar(1, 'int64'));
  return broadcast(b, 'Where', [isFound, index, outside], 'int64');
}

/** Words by their indices. */
function invert(
  b: Builder,
  x: Value,
  words: readonly number[],
  reserved: number,
  mask: number | undefined,
  oov: number,
): Value {
  const keys = words.map((_, at) => at + reserved);
  const found = comparison(b, 'Equal', unsqueeze(b, x, [-1]), b.numbers(keys, 'int64'));
  const none = b.scalar(0, 'int64');
  const word = reduce(
    b,
    'ReduceSum',
    broadcast(b, 'Where', [found, b.numbers(words, 'int64'), none], 'int64'),
    [-1],
    false,
  );
  const isFound = reduce(b, 'ReduceMax', cast(b, found, 'int32'), [-1], false);
  const known = broadcast(
    b,
    'Where',
    [cast(b, isFound, 'bool'), word, b.scalar(oov, 'int64')],
    'int64',
  );
  if (mask === undefined) return known;
  return broadcast(
    b,
    'Where',
    [comparison(b, 'Equal', x, none), b.scalar(mask, 'int64'), known],
    'int64',
  );
}

const refuse =
  (why: string): Layer =>
  () => {
    throw new Unconvertible(
      why,
      'Cut the model behind it with --inputs, and do this step in your own code.',
    );
  };

const TEXT = 'it works on text, which ONNX models here do not';

export const PREPROCESSING_CATEGORIES: LayerTable = {
  CategoryEncoding: categoryEncoding,
  Discretization: discretization,
  IntegerLookup: integerLookup,
  StringLookup: refuse(TEXT),
  TextVectorization: refuse(TEXT),
  Hashing: refuse('it hashes by SipHash or FarmHash, which ONNX does not have'),
  HashedCrossing: refuse('it hashes by FarmHash, which ONNX does not have'),
  Equalization: refuse('it equalizes histograms'),
  CLAHE: refuse('it equalizes histograms of tiles'),
  MelSpectrogram: refuse('it computes spectrograms'),
  STFTSpectrogram: refuse('it computes spectrograms'),
};
