/** The plan of a pruning: plain JSON, a line for each weight that gets zeros, with its score. */

export const PRUNE_PLAN_SCHEMA = 'fettle.prune-plan/1';

/** Where zeros may lie. */
export type PrunePattern =
  /** Anywhere: so many percent of all weights that may be pruned, from above 0 to below 100. */
  | { readonly kind: 'anywhere'; readonly percent: number }
  /** Two of every four along the axis that is summed over, which NVIDIA's sparse tensor cores skip. */
  | { readonly kind: '2:4' };

/**
 * What a weight is worth: `magnitude` is |w|; `activation` is |w| times the root mean square of what it is
 * multiplied with (Sun et al. 2023, "A Simple and Effective Pruning Approach for Large Language Models").
 */
export type PruneScore = 'magnitude' | 'activation';

/**
 * How the zeros are spread over the weights of the model, see spread-zeros.ts: by the scores themselves
 * (`global`), or by the share that a weight has of its layer's (`lamp`).
 */
export type PruneSpread = 'global' | 'lamp';

export interface PrunePlan {
  readonly schema: typeof PRUNE_PLAN_SCHEMA;
  readonly pattern: PrunePattern;
  readonly score: PruneScore;
  readonly spread: PruneSpread;
  /** Samples on which activations were seen; 0 for magnitudes. */
  readonly samples: number;
  /** What pruning by each score would do to the outputs, where both were tried. */
  readonly compared?: readonly ComparedScore[];
  /** Elements of all planned layers, and how many of them are zero afterwards. */
  readonly weights: number;
  readonly zeros: number;
  readonly layers: readonly PlannedLayer[];
  /** Weights that stay as they are. */
  readonly kept: readonly KeptLayer[];
}

/** How far outputs are from those of the model that nothing was taken from; see `damage.ts`. */
export interface ComparedScore {
  readonly score: PruneScore;
  readonly damage: number;
}

/** A weight by the graph that defines it (see `scopes.ts`) and its name there. */
export interface WeightRef {
  readonly scope: string;
  readonly name: string;
}

/** Which input channel each element of a weight is multiplied with. */
export interface InputLayout {
  /** The axis of the weight that counts input channels: the one that is summed over. */
  readonly axis: number;
  /** Of a grouped Conv: its output channels are divided among them, and each has input channels of its own. */
  readonly groups: number;
}

export interface PlannedLayer extends WeightRef, InputLayout {
  /** The operator that reads it, and that node's own name, where it has one. */
  readonly op: string;
  readonly node: string;
  readonly dims: readonly number[];
  readonly weights: number;
  /** Of `weights`, zero afterwards: those with the lowest scores, of equal ones the first. */
  readonly zeros: number;
  /** The highest score that becomes zero; null where each four have their own, and where nothing does. */
  readonly threshold: number | null;
  /** Of all weights, and of those that become zero. Scores that are not finite count for nothing. */
  readonly meanScore: number;
  readonly meanZeroed: number;
  /** Root mean square of each input channel, group by group; absent: all count the same. */
  readonly norms?: readonly number[];
}

export interface KeptLayer extends WeightRef {
  readonly op: string;
  readonly node: string;
  readonly weights: number;
  readonly reason: string;
}
