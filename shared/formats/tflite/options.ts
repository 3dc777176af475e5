/** Options of builtin operators by name: tables of a flatbuffer whose slots are told by the fields below. */
import { DefectError } from '../../base/errors.ts';
import { Unconvertible } from '../build/unconvertible.ts';
import type { ScalarKind, Table } from './flat-buffer.ts';

const WINDOW = 'padding:byte stride_w:int stride_h:int';
const DILATIONS = 'dilation_w:int=1 dilation_h:int=1';
const ACTIVATION = 'activation:byte';
const REDUCER = 'keep_dims:bool';
const POOL = `${WINDOW} filter_w:int filter_h:int ${ACTIVATION}`;
const CONV_3D = `padding:byte stride_d:int stride_w:int stride_h:int ${ACTIVATION} dilation_d:int=1 ${DILATIONS}`;

/** Fields in slot order; `=` gives the value of an absent one where that is not 0. Source: schema.fbs of TensorFlow 2.21. */
const FIELDS: Readonly<Record<string, string>> = {
  ADD: ACTIVATION,
  SUB: ACTIVATION,
  MUL: ACTIVATION,
  DIV: ACTIVATION,
  L2_NORMALIZATION: ACTIVATION,
  CONV_2D: `${WINDOW} ${ACTIVATION} ${DILATIONS}`,
  DEPTHWISE_CONV_2D: `${WINDOW} depth_multiplier:int ${ACTIVATION} ${DILATIONS}`,
  TRANSPOSE_CONV: `${WINDOW} ${ACTIVATION}`,
  CONV_3D,
  CONV_3D_TRANSPOSE: CONV_3D,
  AVERAGE_POOL_2D: POOL,
  MAX_POOL_2D: POOL,
  L2_POOL_2D: POOL,
  FULLY_CONNECTED: `${ACTIVATION} weights_format:byte keep_num_dims:bool`,
  BATCH_MATMUL: 'adj_x:bool adj_y:bool',
  CONCATENATION: `axis:int ${ACTIVATION}`,
  SOFTMAX: 'beta:float',
  LOCAL_RESPONSE_NORMALIZATION: 'radius:int bias:float alpha:float beta:float',
  LEAKY_RELU: 'alpha:float',
  GELU: 'approximate:bool',
  FAKE_QUANT: 'min:float max:float num_bits:int narrow_range:bool',
  RESIZE_BILINEAR: 'old_height:int old_width:int align_corners:bool half_pixel_centers:bool',
  RESIZE_NEAREST_NEIGHBOR: 'align_corners:bool half_pixel_centers:bool',
  MEAN: REDUCER,
  SUM: REDUCER,
  REDUCE_PROD: REDUCER,
  REDUCE_MAX: REDUCER,
  REDUCE_MIN: REDUCER,
  REDUCE_ANY: REDUCER,
  REDUCE_ALL: REDUCER,
  ARG_MAX: 'output_type:byte',
  ARG_MIN: 'output_type:byte',
  CUMSUM: 'exclusive:bool reverse:bool',
  SHAPE: 'out_type:byte',
  UNIQUE: 'idx_out_type:byte=2',
  CAST: 'in_data_type:byte out_data_type:byte',
  RESHAPE: 'new_shape:int[]',
  SQUEEZE: 'squeeze_dims:int[]',
  SPLIT: 'num_splits:int',
  SPLIT_V: 'num_splits:int',
  PACK: 'values_count:int axis:int',
  UNPACK: 'num:int axis:int',
  GATHER: 'axis:int batch_dims:int',
  ONE_HOT: 'axis:int',
  STRIDED_SLICE:
    'begin_mask:int end_mask:int ellipsis_mask:int new_axis_mask:int shrink_axis_mask:int offset:bool',
  MIRROR_PAD: 'mode:byte',
  REVERSE_SEQUENCE: 'seq_dim:int batch_dim:int',
  SPACE_TO_DEPTH: 'block_size:int',
  DEPTH_TO_SPACE: 'block_size:int',
  BUCKETIZE: 'boundaries:float[]',
  SVDF: `rank:int ${ACTIVATION}`,
  UNIDIRECTIONAL_SEQUENCE_RNN: `time_major:bool ${ACTIVATION}`,
  UNIDIRECTIONAL_SEQUENCE_LSTM: `${ACTIVATION} cell_clip:float proj_clip:float time_major:bool asymmetric:bool diagonal:bool`,
  BIDIRECTIONAL_SEQUENCE_LSTM: `${ACTIVATION} cell_clip:float proj_clip:float merge_outputs:bool time_major:bool=1`,
  CALL: 'subgraph:uint',
  CALL_ONCE: 'init_subgraph:int',
  IF: 'then_subgraph:int else_subgraph:int',
  WHILE: 'cond_subgraph:int body_subgraph:int',
  VAR_HANDLE: 'container:text shared_name:text',
};

interface Field {
  readonly slot: number;
  readonly kind: string;
  readonly fallback: number;
}

/** The options of one operator; those that the file leaves out have their defaults. */
export class Options {
  readonly #op: string;
  readonly #table: Table | undefined;

  constructor(op: string, table: Table | undefined) {
    this.#op = op;
    this.#table = table;
  }

  number(name: string): number {
    const { slot, kind, fallback } = this.#field(name);
    return this.#table?.number(slot, kind as ScalarKind, fallback) ?? fallback;
  }

  flag(name: string): boolean {
    return this.number(name) !== 0;
  }

  numbers(name: string): readonly number[] {
    const { slot, kind } = this.#field(name);
    return this.#table?.numbers(slot, kind.slice(0, -2) as ScalarKind) ?? [];
  }

  text(name: string): string {
    return this.#table?.text(this.#field(name).slot) ?? '';
  }

  /** A size or a step. @throws Unconvertible when it is not positive */
  positive(name: string): number {
    const value = this.number(name);
    if (value >= 1) return value;
    throw new Unconvertible(`its option ${name} is ${value}`);
  }

  #field(name: string): Field {
    const fields = FIELDS[this.#op]?.split(' ') ?? [];
    const slot = fields.findIndex((field) => field.startsWith(`${name}:`));
    if (slot < 0) throw new DefectError(`${this.#op} has no option ${name}`);
    const [kind = '', fallback = '0'] = fields[slot]?.slice(name.length + 1).split('=') ?? [];
    return { slot, kind, fallback: Number(fallback) };
  }
}

/** Builtins whose options are known by name. */
export const opsWithOptions = (): readonly string[] => Object.keys(FIELDS);
