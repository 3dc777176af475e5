/** Which input and output of one model is which of another, where two formats name them differently. */
import { InputError } from '../base/errors.ts';
import type { PortNames } from './rename-ports.ts';

/** An input or output. */
interface Port {
  readonly name: string;
  readonly type: string;
  /** Free dimensions by name, or `?`; absent when not even the rank is known. */
  readonly shape?: readonly (number | string)[] | undefined;
}

type Ports = Readonly<Record<'inputs' | 'outputs', readonly Port[]>>;

/** A model by its path, as the user wrote it, and what goes in and out. */
export interface Shown extends Ports {
  readonly shown: string;
}

export interface PortMatch {
  /** The base's names by the head's own; absent where all are the same. */
  readonly names?: PortNames;
  /** Pairs of other names, for people. */
  readonly notes: readonly string[];
}

/**
 * By name; what is left by position, where types and shapes are compatible.
 * @throws InputError that lists both sides, when the two do not take or give the same
 */
export function matchPorts(base: Shown, head: Shown): PortMatch {
  const names = { inputs: pair('inputs', base, head), outputs: pair('outputs', base, head) };
  const notes = (['inputs', 'outputs'] as const).flatMap((kind) => {
    const others = Object.entries(names[kind]).filter(([own, other]) => own !== other);
    if (others.length === 0) return [];
    const pairs = others.map(([own, other]) => `${own} is taken for ${other}`).join(', ');
    return [
      `${kind} of ${head.shown} are matched with those of ${base.shown} by position: ${pairs}`,
    ];
  });
  return { ...(notes.length > 0 && { names }), notes };
}

function pair(kind: 'inputs' | 'outputs', base: Shown, head: Shown): Record<string, string> {
  const known = new Set(base[kind].map(({ name }) => name));
  const own = new Set(head[kind].map(({ name }) => name));
  const mine = head[kind].filter(({ name }) => !known.has(name));
  const theirs = base[kind].filter(({ name }) => !own.has(name));
  const fits =
    head[kind].every((port) => port.type === (namesake(base, kind, port) ?? port).type) &&
    mine.length === theirs.length &&
    mine.every((port, place) => isCompatible(port, theirs[place]));
  if (!fits) throw differ(kind, base, head);
  return Object.fromEntries(
    head[kind].map(({ name }) => {
      const place = mine.findIndex((port) => port.name === name);
      return [name, theirs[place]?.name ?? name];
    }),
  );
}

const namesake = (base: Shown, kind: 'inputs' | 'outputs', { name }: Port): Port | undefined =>
  base[kind].find((port) => port.name === name);

/** The same type, and no two sizes that contradict each other; what is free may be anything. */
function isCompatible(a: Port, b: Port | undefined): boolean {
  if (a.type !== b?.type) return false;
  if (!a.shape || !b.shape) return true;
  return (
    a.shape.length === b.shape.length &&
    a.shape.every((size, axis) => {
      const other = b.shape?.[axis];
      return typeof size !== 'number' || typeof other !== 'number' || size === other;
    })
  );
}

function differ(kind: 'inputs' | 'outputs', base: Shown, head: Shown): InputError {
  const list = ({ shown, [kind]: ports }: Shown): string =>
    `${shown}: ${ports.map(describe).join(', ')}`;
  const [types, others] = [base, head].map((side) => side[kind].map(({ type }) => type).sort());
  if (base[kind].length === head[kind].length && `${types}` !== `${others}`)
    return new InputError(
      `${kind} of the two models have different element types: ${list(base)} against ${list(head)}`,
      {
        hint: 'Export one of them with inputs and outputs of the same types (of a quantized model: float32), or measure each by itself.',
      },
    );
  const cut =
    kind === 'outputs'
      ? 'Name those that both have with --outputs (of a TensorFlow graph), or rename them in one of the two'
      : 'Cut a TensorFlow graph to the same inputs with --inputs, or rename them in one of the two';
  return new InputError(
    `the two models have different ${kind}, which do not match by position either: ${list(base)} against ${list(head)}`,
    { hint: `${cut}; else measure each by itself.` },
  );
}

const describe = ({ name, type, shape }: Port): string =>
  `${name} ${type}${shape ? ` [${shape.join(', ')}]` : ''}`;
