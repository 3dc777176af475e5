/** What to tell people about layers that have no conversion. */
import type { LayerConfig } from './model-config.ts';

interface Refusal {
  readonly reason: string;
  readonly hint: string;
}

const OWN_CODE =
  'Write it with layers and operations of Keras, or export the model as a SavedModel (model.export(FOLDER)) and convert that.';

const KNOWN: Readonly<Record<string, Refusal>> = {
  Lambda: { reason: 'it holds Python bytecode, which is never run', hint: OWN_CODE },
  TFSMLayer: {
    reason: 'it is a SavedModel that lies elsewhere',
    hint: 'Convert that SavedModel itself.',
  },
  JaxLayer: { reason: 'it holds a program of JAX', hint: OWN_CODE },
  FlaxLayer: { reason: 'it holds a program of JAX', hint: OWN_CODE },
  TorchModuleWrapper: {
    reason: 'it holds a module of PyTorch',
    hint: 'Export that module with torch.onnx.export.',
  },
};

/** Why the layer cannot be converted; it is in no table, or of the user's own. */
export function refusalOf({ className, custom, isOperation }: LayerConfig): Refusal {
  if (custom !== undefined)
    return {
      reason: `"${custom}" is a class of your own, of which the file holds no code`,
      hint: OWN_CODE,
    };
  const known = Object.hasOwn(KNOWN, className) ? KNOWN[className] : undefined;
  return (
    known ?? {
      reason: isOperation
        ? 'an operation that has no conversion'
        : 'a layer that has no conversion',
      hint: OWN_CODE,
    }
  );
}
