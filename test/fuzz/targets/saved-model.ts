/** Any bytes as a saved_model.pb without variables: a clean error, or a graph that can be converted or not. */
import { FettleError } from '../../../shared/base/errors.ts';
import {
  chooseMetaGraph,
  chooseSignature,
} from '../../../shared/formats/saved-model/choose-signature.ts';
import { freezeGraph } from '../../../shared/formats/saved-model/freeze-graph.ts';
import { refuseTraining } from '../../../shared/formats/saved-model/refuse-training.ts';
import {
  readMetaGraph,
  readMetaGraphHeads,
} from '../../../shared/formats/saved-model/saved-model-proto.ts';
import { signaturePorts } from '../../../shared/formats/saved-model/signature-ports.ts';
import { convertGraph } from '../../../shared/formats/tf/convert-graph.ts';
import { Budget } from '../../../shared/formats/tf/proto/budget.ts';
import { TfReader } from '../../../shared/formats/tf/proto/tf-reader.ts';
import { memorySource } from '../../../shared/onnx/byte-source.ts';

/** @throws whatever is not an error for the user */
export function fuzz(data: Uint8Array): void {
  try {
    const budget = new Budget('saved_model.pb');
    const reader = new TfReader(memorySource(data), budget);
    const meta = readMetaGraph(chooseMetaGraph(readMetaGraphHeads(reader), 'model'), reader);
    const chosen = chooseSignature(meta, undefined, 'model');
    refuseTraining(meta, chosen, 'model');
    const parts = { folder: '/nonexistent', meta, checkpoint: undefined, budget };
    convertGraph(freezeGraph(parts, signaturePorts(chosen)), { title: 'model' });
  } catch (error) {
    if (!(error instanceof FettleError) || error.exitCode === 70) throw error;
  }
}
