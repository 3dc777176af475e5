/**
 * Ops of more than one named output, in order. Inside functions outputs are named, and only their place in
 * this list gives their number; ops that are not here have one, which may be a list (Split, While, calls).
 *
 * Source: the op registry of TensorFlow 2.21; without training, data sets, queues, accelerators and
 * quantized kernels.
 */

import { intAttribute } from '../attributes.ts';
import type { RawNode } from './node.ts';

/** Outputs by the ops that have them; `name*attribute` is a list as long as the attribute says. */
const OUTPUTS: Readonly<Record<string, readonly string[]>> = {
  'y batch_mean batch_variance reserve_space_1 reserve_space_2': [
    'FusedBatchNorm',
    'FusedBatchNormV2',
  ],
  'y batch_mean batch_variance reserve_space_1 reserve_space_2 reserve_space_3': [
    'FusedBatchNormV3',
    '_FusedBatchNormEx',
  ],
  'values indices': ['TopK', 'TopKV2', 'ApproxTopK'],
  'topk topk_indices': ['TopKUnique', 'TopKWithUnique'],
  'y idx': ['Unique', 'UniqueV2'],
  'y idx count': ['UniqueWithCounts', 'UniqueWithCountsV2'],
  'out idx': ['ListDiff'],
  'output argmax': ['MaxPoolWithArgmax'],
  'output row_pooling_sequence col_pooling_sequence': ['FractionalAvgPool', 'FractionalMaxPool'],
  'selected_indices valid_outputs': ['NonMaxSuppressionV4'],
  'selected_indices selected_scores valid_outputs': ['NonMaxSuppressionV5'],
  'nmsed_boxes nmsed_scores nmsed_classes valid_detections': ['CombinedNonMaxSuppression'],
  'rois roi_probabilities': ['GenerateBoundingBoxProposals'],
  'begin size bboxes': [
    'SampleDistortedBoundingBox',
    'SampleDistortedBoundingBoxV2',
    'StatelessSampleDistortedBoundingBox',
  ],
  'output output_h output_c reserve_space': ['CudnnRNN'],
  'output output_h output_c reserve_space host_reserved': ['CudnnRNNV2', 'CudnnRNNV3'],
  'i cs f o ci co h': ['BlockLSTM', 'BlockLSTMV2', 'LSTMBlockCell'],
  'r u c h': ['GRUBlockCell'],
  'output_false output_true': ['Switch', 'RefSwitch'],
  'output value_index': ['Merge', 'RefMerge'],
  'handle flow': ['TensorArrayV3'],
  'value lengths': ['TensorArrayConcat', 'TensorArrayConcatV2', 'TensorArrayConcatV3'],
  'tensor lengths': ['TensorListConcat', 'TensorListConcatV2'],
  'output_handle tensor': ['TensorListPopBack'],
  'loss backprop': ['SoftmaxCrossEntropyWithLogits', 'SparseSoftmaxCrossEntropyWithLogits'],
  'loss gradient': ['CTCLoss', 'CTCLossV2'],
  'decoded_indices decoded_values decoded_shape log_probability': ['CTCGreedyDecoder'],
  'decoded_indices*top_paths decoded_values*top_paths decoded_shape*top_paths log_probability': [
    'CTCBeamSearchDecoder',
  ],
  'e v': ['Eig', 'SelfAdjointEigV2', 'BatchSelfAdjointEigV2'],
  's u v': ['Svd', 'BatchSvd'],
  'q r': ['Qr'],
  'lu p': ['Lu'],
  'sign log_abs_determinant': ['LogMatrixDeterminant'],
  'keys values': ['LookupTableExport', 'LookupTableExportV2'],
  'output output_min output_max': ['QuantizeV2'],
  'indices values shape': ['StringSplit', 'StringSplitV2'],
  'row_splits char_values': ['UnicodeDecode'],
  'row_splits char_values char_to_byte_starts': ['UnicodeDecodeWithOffsets'],
  'ngrams ngrams_splits': ['StringNGrams'],
  'audio sample_rate': ['DecodeWav'],
  'rt_nested_splits rt_dense_values': ['RaggedRange'],
  'output_nested_splits*output_ragged_rank output_dense_values': ['RaggedTensorFromVariant'],
  'sparse_indices sparse_values sparse_dense_shape': ['RaggedTensorToSparse'],
  'output_indices output_values output_dense_shape': [
    'DenseCountSparseOutput',
    'RaggedCountSparseOutput',
    'SparseCountSparseOutput',
  ],
  'output_indices output_values output_shape': [
    'SparseConcat',
    'SparseCross',
    'SparseCrossHashed',
    'SparseCrossV2',
    'SparseReduceMaxSparse',
    'SparseReduceSumSparse',
    'SparseSlice',
  ],
  'output_indices*num_split output_values*num_split output_shape*num_split': ['SparseSplit'],
  'output_indices output_values empty_row_indicator reverse_index_map': ['SparseFillEmptyRows'],
  'output_indices output_values': ['SparseReorder', 'SparseSparseMaximum', 'SparseSparseMinimum'],
  'output_indices output_shape': ['SparseReshape'],
  'sum_indices sum_values sum_shape': ['SparseAdd'],
  'key counter': ['StatelessRandomGetKeyCounter'],
  'key counter alg': ['StatelessRandomGetKeyCounterAlg'],
};

const BY_OP: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries(OUTPUTS).flatMap(([outputs, ops]) => ops.map((op) => [op, outputs.split(' ')])),
);

/** Attributes that say how many outputs an op of one list has. */
const COUNTS: Readonly<Record<string, string>> = {
  Split: 'num_split',
  SplitV: 'num_split',
  Unpack: 'num',
  ShapeN: 'N',
  DynamicPartition: 'num_partitions',
};

/** The number of element `index` of the output `name` of a node. */
export function outputNumber(node: RawNode, name: string, index: number): number {
  let number = index;
  for (const output of BY_OP.get(node.op) ?? []) {
    const [outputName, count] = output.split('*');
    if (outputName === name) return number;
    number += count === undefined ? 1 : intAttribute(node, count, 0);
  }
  // One output, or a name that its op does not have: the op that reads it will see.
  return index;
}

/** How many outputs a node has. */
export function outputCount(node: RawNode): number {
  const outputs = BY_OP.get(node.op);
  if (outputs)
    return outputs.reduce((sum, output) => {
      const count = output.split('*')[1];
      return sum + (count === undefined ? 1 : intAttribute(node, count, 0));
    }, 0);
  const count = COUNTS[node.op];
  if (count !== undefined) return intAttribute(node, count, 1);
  const types = node.attributes.get('Tout') ?? (isLoop(node.op) && node.attributes.get('T'));
  return types && types.kind === 'list' ? types.value.length : 1;
}

const isLoop = (op: string): boolean =>
  op === 'While' || op === 'StatelessWhile' || op === 'IdentityN';
