/** Groups of channels that weights make together, with all that hangs on each. */
import { Channels, type Labels } from './channels.ts';
import type { WholeChannels } from './slim-plan.ts';
import type { Trace } from './trace.ts';

/** A set of channels that goes or stays as one: of a residual sum one of each convolution, of attention a head. */
export interface Unit {
  /** The channel that stands for all of it. */
  readonly channel: number;
  /** Positions of the axis where it has fewest: 1, or the columns of a head. */
  readonly width: number;
}

/** Channels that the same weights make; they are ranked against each other. */
export interface Group {
  /** The value whose channels they are, of the first node that makes any. */
  readonly name: string;
  /** All values that weights make with them. */
  readonly makers: readonly string[];
  readonly units: readonly Unit[];
}

export interface Groups {
  readonly groups: readonly Group[];
  /** What weights make and cannot go. */
  readonly whole: readonly WholeChannels[];
}

/** Where a channel is in constants: the positions of an axis. */
export interface Member {
  readonly tensor: string;
  readonly axis: number;
  readonly positions: readonly number[];
}

/** The groups of a model in the order of its nodes. */
export function findGroups(trace: Trace): Groups {
  const members = membersOf(trace);
  const made = trace.origins.map(({ name, labels }) => ({
    name,
    labels,
    free: freeChannels(labels, trace),
  }));
  const ties = tieTogether(made, trace);
  const parts = new Map<number, { makers: Set<string>; units: Set<number> }>();
  for (const { name, free } of made) {
    const [first] = free;
    if (first === undefined) continue;
    const key = ties.find(first);
    const part = parts.get(key) ?? { makers: new Set(), units: new Set() };
    parts.set(key, part);
    part.makers.add(name);
    for (const channel of free) part.units.add(channel);
  }
  const groups = [...parts.values()].map(({ makers, units }): Group => {
    const list = [...units].map((channel) => ({ channel, width: widthOf(members.get(channel)) }));
    return { name: [...makers][0] ?? '', makers: [...makers], units: list };
  });
  return { groups, whole: wholeOf(made, trace) };
}

interface Made {
  readonly name: string;
  readonly labels: Labels;
  readonly free: readonly number[];
}

/** Channels on one axis are of one group; a residual sum ties axes by the channels that they share. */
function tieTogether(made: readonly Made[], { channels }: Trace): Channels {
  const ties = new Channels();
  ties.fresh(channels.count);
  for (const { free } of made) for (const channel of free) ties.join(free[0] ?? channel, channel);
  return ties;
}

function wholeOf(made: readonly Made[], { channels, bodies }: Trace): readonly WholeChannels[] {
  const whole = new Map<string, WholeChannels>(
    bodies.map(({ outputs: [name = ''] }) => [
      name,
      { name, channels: null, reason: 'bodies of If, Loop and Scan stay whole' },
    ]),
  );
  for (const { name, labels, free } of made) {
    if (free.length > 0 || whole.has(name)) continue;
    const reason = channels.reasonOf(labels[0] ?? 0) ?? '';
    whole.set(name, { name, channels: labels.length, reason });
  }
  return [...whole.values()];
}

/** Those that can go, each once, in their order. */
export function freeChannels(labels: Labels, { channels }: Trace): readonly number[] {
  const free = new Set<number>();
  for (const channel of labels) {
    if (channels.reasonOf(channel) === undefined) free.add(channels.find(channel));
  }
  return [...free];
}

/** By the channel that stands for others: where it is in constants. */
export function membersOf(trace: Trace): ReadonlyMap<number, readonly Member[]> {
  const members = new Map<number, Member[]>();
  for (const [tensor, axes] of trace.constants) {
    axes.forEach((labels, axis) => {
      if (!labels) return;
      for (const [channel, positions] of positionsOf(labels, trace)) {
        const known = members.get(channel);
        const member = { tensor, axis, positions };
        if (known) known.push(member);
        else members.set(channel, [member]);
      }
    });
  }
  return members;
}

/** Positions of those that can go. */
export function positionsOf(labels: Labels, { channels }: Trace): ReadonlyMap<number, number[]> {
  const found = new Map<number, number[]>();
  labels.forEach((channel, position) => {
    if (channels.reasonOf(channel) !== undefined) return;
    const root = channels.find(channel);
    const known = found.get(root);
    if (known) known.push(position);
    else found.set(root, [position]);
  });
  return found;
}

const widthOf = (members: readonly Member[] = []): number =>
  members.length === 0 ? 1 : Math.min(...members.map(({ positions }) => positions.length));
