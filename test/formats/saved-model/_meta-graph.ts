/** MetaGraphDef and SavedModel by hand. */
import {
  type MetaGraph,
  readMetaGraph,
} from '../../../shared/formats/saved-model/saved-model-proto.ts';
import { memorySource } from '../../../shared/onnx/byte-source.ts';
import {
  entry,
  type FunctionText,
  graphDef,
  join,
  message,
  number,
  readerOf,
  shape,
  text,
} from '../tf/proto/_wire.ts';

export interface MetaText {
  readonly nodes: readonly Uint8Array[];
  readonly functions?: Readonly<Record<string, FunctionText>>;
  readonly tags?: readonly string[];
  readonly restore?: string;
  /** By name: inputs and outputs as `key = tensor`. */
  readonly signatures?: Readonly<
    Record<string, readonly [inputs: readonly string[], outputs: readonly string[]]>
  >;
  readonly mainNode?: string;
  readonly asset?: readonly [tensor: string, file: string];
}

const info = (line: string, side: number): Uint8Array => {
  const [key = '', tensor = ''] = line.split(' = ');
  return entry(side, key, text(1, tensor), number(2, 1), message(3, shape(-1, 2)));
};

/** MetaGraphDef. */
export const metaGraphDef = (meta: MetaText): Uint8Array =>
  join(
    message(1, ...(meta.tags ?? ['serve']).map((tag) => text(4, tag)), text(5, '2.99.0')),
    message(2, graphDef(meta.nodes, meta.functions)),
    message(3, text(3, meta.restore ?? '')),
    ...(meta.mainNode ? [entry(4, 'saved_model_main_op', message(1, text(1, meta.mainNode)))] : []),
    entry(4, 'variables', message(2, text(1, 'noise'))),
    ...Object.entries(meta.signatures ?? {}).map(([name, [inputs, outputs]]) =>
      entry(
        5,
        name,
        ...inputs.map((line) => info(line, 1)),
        ...outputs.map((line) => info(line, 2)),
      ),
    ),
    ...(meta.asset ? [message(6, message(1, text(1, meta.asset[0])), text(2, meta.asset[1]))] : []),
  );

export function metaGraph(meta: MetaText): MetaGraph {
  const bytes = metaGraphDef(meta);
  const range = { source: memorySource(bytes, 'saved_model.pb'), offset: 0, length: bytes.length };
  return readMetaGraph({ tags: [], range }, readerOf());
}
