/** The converter writes configurations that tfjs-layers refuses: the same models in words that it takes. */
import type { Json } from '../../../formats/keras/layer.ts';
import { isModelEntry, parseModel } from '../../../formats/keras/model-config.ts';
import { objectAt, textAt } from '../../../formats/tfjs/json.ts';
import { layersTopology } from '../../../formats/tfjs/layers.ts';
import { tfjsConfig } from '../keras/tfjs-config.ts';
import type { TfjsArtifacts } from './tfjs-artifacts.ts';

/** Weights keep their names, but for those that Keras 3 has renamed. */
export function layersArtifacts(artifacts: TfjsArtifacts): TfjsArtifacts {
  const { config, keras } = layersTopology(artifacts.modelTopology);
  const renamed = new Set(depthwiseKernels(config).map((layer) => `${layer}/kernel`));
  const weightSpecs = (artifacts.weightSpecs ?? []).map((item): Json => {
    const spec = objectAt(item, 'a weight of the manifest');
    const name = textAt(spec.name, 'the name of a weight');
    return renamed.has(name)
      ? { ...spec, name: name.replace(/kernel$/, 'depthwise_kernel') }
      : spec;
  });
  return { ...artifacts, modelTopology: { model_config: tfjsConfig(config, keras) }, weightSpecs };
}

/** Names of depthwise layers, those of nested models too. */
function depthwiseKernels(config: Json): readonly string[] {
  return parseModel(config).layers.flatMap((layer) => {
    if (isModelEntry(layer.entry)) return depthwiseKernels(layer.entry);
    return layer.className === 'DepthwiseConv2D' ? [layer.name] : [];
  });
}
