/** What is in a file of Keras, whichever kind it is: a configuration, and weights that are still in the file. */
import type { Builder } from '../build/builder.ts';
import type { ReadOptions, SourceModel } from '../source-model.ts';
import { convertKeras } from './convert-keras.ts';
import type { Json, LayerWeights } from './layer.ts';
import { majorOf } from './model-json.ts';

export interface KerasFile extends Disposable {
  readonly config: Json;
  /** Of Keras, as the file says it. */
  readonly version: string | undefined;
  readonly weights: (b: Builder) => LayerWeights;
  /** All files that it is made of. */
  readonly files: readonly string[];
}

/** The model in the file, which stays open for its weights; closed when it cannot be converted. */
export function convertFile(file: KerasFile, { shown, opset }: ReadOptions): SourceModel {
  const { config, version, weights } = file;
  try {
    const { model, origins, types, notes } = convertKeras(config, weights, {
      title: shown,
      opset,
      keras: majorOf(version),
    });
    const producer = version === undefined ? 'Keras' : `Keras ${version}`;
    return {
      model,
      origins,
      types,
      notes,
      producer,
      [Symbol.dispose]: () => file[Symbol.dispose](),
    };
  } catch (error) {
    file[Symbol.dispose]();
    throw error;
  }
}
