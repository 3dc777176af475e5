/**
 * What the parent asks a runtime child, and what the child answers. Messages travel as structured
 * clones; the child works them off one by one, in order.
 */
import type { NamedTensors } from '../../base/tensor.ts';
import type { ElementType } from '../../onnx/element-type.ts';
import type { Dim } from '../../onnx/model.ts';
import type { CarryLink } from './carry.ts';
import type { Fold, Folded } from './folds.ts';

/** How much onnxruntime may change the graph; above `basic` the result fits one machine alone. */
export type OptimizationLevel = 'disabled' | 'basic' | 'extended' | 'all';

export interface ChildSessionOptions {
  readonly threads: number;
  readonly optimization: OptimizationLevel;
  /** onnxruntime's own session configuration entries. */
  readonly extra: Readonly<Record<string, string>>;
  /** Whether one block is planned for all activations: faster, but it holds their sum. */
  readonly plansMemory?: boolean;
  /** Where onnxruntime shall save the model as it is after optimization. */
  readonly saveTo?: string;
}

/** A graph input or output as onnxruntime reports it: `tensor: null` for sequences, maps and optionals. */
export interface ChildValue {
  readonly name: string;
  readonly tensor: { readonly type: ElementType; readonly shape: readonly Dim[] } | null;
}

export interface Operations {
  open: {
    ask: {
      readonly session: number;
      readonly source: string | Uint8Array;
      readonly options: ChildSessionOptions;
    };
    answer: {
      readonly inputs: readonly ChildValue[];
      readonly outputs: readonly ChildValue[];
      readonly loadMs: number;
    };
  };
  run: {
    ask: {
      readonly session: number;
      readonly feeds: NamedTensors;
      readonly fetch: readonly string[] | null;
    };
    answer: NamedTensors;
  };
  /** Begins a fold over runs under a number of the parent's choice. */
  startFold: {
    ask: { readonly into: number; readonly folds: Readonly<Record<string, Fold>> };
    answer: null;
  };
  /** One run, of whose outputs only the fold keeps anything. */
  fold: {
    ask: { readonly session: number; readonly feeds: NamedTensors; readonly into: number };
    answer: null;
  };
  /** The fold's result; the child forgets it. */
  endFold: { ask: { readonly into: number }; answer: Readonly<Record<string, Folded>> };
  /** Begins steps of a session, under a number of the parent's choice, whose outputs become its next inputs. */
  startCarry: {
    ask: {
      readonly into: number;
      readonly session: number;
      readonly links: readonly CarryLink[];
      /** By input. */
      readonly start: NamedTensors;
      /** A session whose outputs become inputs of the same step. */
      readonly helper: {
        readonly session: number;
        /** Its inputs, by the names under which a step is fed. */
        readonly inputs: Readonly<Record<string, string>>;
        /** Its outputs, with the inputs of the carrying session that they become. */
        readonly outputs: readonly CarryLink[];
      } | null;
    };
    answer: null;
  };
  /** One step, of whose outputs only those in `fetch` are given. */
  carry: {
    ask: { readonly into: number; readonly feeds: NamedTensors; readonly fetch: readonly string[] };
    answer: NamedTensors;
  };
  /** What was carried, by input; the child forgets it. */
  endCarry: { ask: { readonly into: number }; answer: NamedTensors };
  /** Runs sessions in a given order on one set of feeds each, and keeps nothing but the times. */
  time: {
    ask: {
      readonly sessions: readonly number[];
      /** Per session. */
      readonly feeds: readonly NamedTensors[];
      /** Positions in `sessions`, in the order to run. */
      readonly order: readonly number[];
    };
    /** Milliseconds of each run, in the order of `order`. */
    answer: Float64Array;
  };
  close: { ask: { readonly session: number }; answer: null };
  memory: {
    /** `forgetPeak` makes the present the peak, where the system can. */
    ask: { readonly forgetPeak: boolean };
    answer: ChildMemory;
  };
  version: { ask: null; answer: string };
}

export interface ChildMemory {
  readonly peakBytes: number;
  readonly residentBytes: number;
}

export type OperationKind = keyof Operations;

export type ChildRequest = {
  [Kind in OperationKind]: {
    readonly id: number;
    readonly kind: Kind;
    readonly ask: Operations[Kind]['ask'];
  };
}[OperationKind];

/** Sent by the parent for a request that nobody waits for any more: skipped unless it has begun. */
export interface ChildCancel {
  readonly cancel: number;
}

export type ChildReply =
  | { readonly id: number; readonly ok: true; readonly answer: unknown }
  | { readonly id: number; readonly ok: false; readonly message: string };
