/** The plan of a structured pruning: plain JSON that says which channels go, why these, and what stays whole. */

export const SLIM_PLAN_SCHEMA = 'fettle.slim-plan/1';

export interface SlimPlan {
  readonly schema: typeof SLIM_PLAN_SCHEMA;
  /** Of all channels that could go, as asked for. */
  readonly percent: number;
  /** Channels that could go, and that do; fewer than asked for where groups have reached their least. */
  readonly channels: number;
  readonly removed: number;
  /** Calibration samples that scores and sensitivities are taken from; 0: weights alone. */
  readonly samples: number;
  readonly groups: readonly SlimGroup[];
  /** What weights make and cannot go, with the reason. */
  readonly whole: readonly WholeChannels[];
  readonly before: ModelSize;
  readonly after: ModelSize;
}

/** Channels of one width of the network: of a layer, or of all that a residual sum joins. */
export interface SlimGroup {
  /** The value whose channels they are; of several, the first. */
  readonly name: string;
  /** All values that weights make with them. */
  readonly makers: readonly string[];
  /** Channels that go together: 1, or as many as a head or a group of a convolution has. */
  readonly width: number;
  /** How many of these must stay. */
  readonly least: number;
  /** Of each, how much it matters within the group, 1 on average; in the order of the channels. */
  readonly scores: readonly number[];
  /** Which go, ascending. */
  readonly removed: readonly number[];
  /** How far outputs move when a share of the group is zero, lowest scores first. */
  readonly sensitivity: readonly { readonly share: number; readonly damage: number }[];
}

export interface WholeChannels {
  readonly name: string;
  /** `null` for all that a node computes in its bodies. */
  readonly channels: number | null;
  readonly reason: string;
}

export interface ModelSize {
  /** Numbers in weights that the model uses. */
  readonly parameters: number;
  /** Of one sample; `null` where sizes are not known. */
  readonly multiplyAdds: number | null;
}
