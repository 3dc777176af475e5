/** Which graph of a SavedModel is converted, and which of its signatures. */
import { InputError, UnsupportedError } from '../../base/errors.ts';
import { didYouMean } from '../../base/suggest.ts';
import type { MetaGraph, MetaGraphHead, Signature } from './saved-model-proto.ts';

/** The tag of graphs for inference. */
const SERVE = 'serve';

const DEFAULT = 'serving_default';

/** Names that a message lists. */
const LISTED = 20;

/** Names that TensorFlow gives to what runs on loading. */
const isInternal = (name: string): boolean => name.startsWith('__saved_model');

/** The graph for inference; of several the one for no machine in particular. @throws InputError when there is none */
export function chooseMetaGraph(heads: readonly MetaGraphHead[], shown: string): MetaGraphHead {
  const [best] = heads
    .filter(({ tags }) => tags.includes(SERVE))
    .sort((a, b) => a.tags.length - b.tags.length);
  if (best) return best;
  const found = heads
    .slice(0, LISTED)
    .map(({ tags }) => `[${tags.slice(0, LISTED).join(', ')}]`)
    .join(', ');
  throw new InputError(`${shown} has no graph with the tag "${SERVE}"`, {
    hint: `It has ${found === '' ? 'no graph at all' : `graphs with ${found}`}: save it for inference (model.export, tf.saved_model.save).`,
  });
}

/** A signature and its name. */
export interface Chosen {
  readonly name: string;
  readonly signature: Signature;
}

/** The signature that is asked for, else the default, else the only one. @throws InputError that lists them */
export function chooseSignature(
  { signatures }: Pick<MetaGraph, 'signatures'>,
  wanted: string | undefined,
  shown: string,
): Chosen {
  const names = signatureNames(signatures);
  const [only] = names;
  const name = wanted ?? (names.includes(DEFAULT) || names.length !== 1 ? DEFAULT : only);
  const signature = names.includes(name ?? '') ? signatures.get(name ?? '') : undefined;
  if (name !== undefined && signature) return { name, signature };
  if (names.length === 0)
    throw new UnsupportedError(
      `${shown} has no signatures: nothing says what its inputs and outputs are`,
      {
        hint: 'Save it with one: tf.saved_model.save(module, folder, signatures=module.__call__.get_concrete_function(tf.TensorSpec(...))).',
      },
    );
  throw new InputError(
    wanted === undefined
      ? `${shown} has ${names.length} signatures and none is named ${DEFAULT}`
      : `${shown} has no signature "${wanted}"${didYouMean(wanted, names)}`,
    { hint: `Choose one with --signature: ${listed(names)}.` },
  );
}

/** A note on signatures that take or give something else: those of Keras come in twos that do the same. */
export function otherSignatures(
  { signatures }: Pick<MetaGraph, 'signatures'>,
  { name, signature }: Chosen,
): readonly string[] {
  const portsOf = ({ inputs, outputs }: Signature): string =>
    [inputs, outputs].map((ports) => [...ports.keys()].sort().join()).join(' ');
  const others = signatureNames(signatures).filter((other) => {
    const its = signatures.get(other);
    return its && portsOf(its) !== portsOf(signature);
  });
  if (others.length === 0) return [];
  return [`This is the signature "${name}"; choose another with --signature: ${listed(others)}.`];
}

/** Names that a user may choose from, sorted. */
export const signatureNames = (signatures: MetaGraph['signatures']): string[] =>
  [...signatures.keys()].filter((name) => !isInternal(name)).sort();

/** Names for a message, in quotes. */
export const listed = (names: readonly string[]): string =>
  names
    .slice(0, LISTED)
    .map((name) => `"${name}"`)
    .join(', ') + (names.length > LISTED ? ', …' : '');
