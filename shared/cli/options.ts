/** Options that several commands share. What their text means is in `settings.ts`, which `--help` need not load. */
import type { Command } from 'commander';

/** `--quiet --no-color --debug`, on every command. */
export function addGlobalOptions(command: Command): void {
  command
    .option('-q, --quiet', 'no progress')
    .option('--no-color', 'no colours (NO_COLOR is obeyed too)')
    .option('--debug', 'details, and the stack of an error');
}

/** Options that say which data is used. */
export function addDataOptions(command: Command): Command {
  return command
    .option('--data <file>', 'samples: .npz, .npy, .jsonl, .csv, or a folder of images')
    .option('--evaluation <file>', 'samples for the reported numbers alone')
    .option('--labels <file>', 'a JSON array of labels, one a sample')
    .option(
      '--metric <name>',
      'top1, top5, f1, auc, mae, mse, miou, ctc-exact, cer, fidelity, or a module',
    )
    .option('--alphabet <file>', 'characters of ctc-exact and cer, one a line');
}

/** Options of `optimize` and `run` that say what is made. */
export function addMakeOptions(command: Command): Command {
  return command
    .option('--calibration <file>', 'samples for choosing ranges and settings')
    .option('--training <file>', 'samples to train on (default: 70 % of --data)')
    .option('--variants <list>', 'which variants to make')
    .option('--targets <list>', 'onnx, ort (default: onnx)')
    .option('--hardware <list>', 'x64, x64-vnni, arm64, cuda, web (default: this machine)')
    .option('--auto-seconds <n>', 'for what auto tries beyond the variants (default: 60)')
    .option('--minutes <n>', 'for the epochs of each variant that is trained (default: 10)')
    .option('--teacher <model>', 'whose outputs are learned (default: the model itself)')
    .option(
      '--student <model>',
      'what distilled trains (default: the model without half its channels)',
    )
    .option('--ship <variant>', 'the variant that is used, and judged (default: float32)')
    .option('--opset <n>', 'the highest opset to write');
}

/** Options that say which part of a model is read: the same wherever one is. */
export function addReaderOptions(command: Command): Command {
  return command
    .option('--signature <name>', 'of a SavedModel: which one (default: serving_default)')
    .option('--inputs <names>', 'of a TensorFlow graph: tensors at which to cut it, a,b:0')
    .option('--outputs <names>', 'of a TensorFlow graph: tensors that it is to give');
}

/** For an option that may be given several times; a list would swallow the arguments behind it. */
export const collect = (value: string, before: readonly string[] = []): string[] => [
  ...before,
  value,
];

/** Options that say how it is measured and what is allowed. */
export function addMeasureOptions(command: Command): Command {
  return command
    .option(
      '--shape <name=dims>',
      'shape of an input with free dimensions, e.g. image=1,3,224,224; may be given several times',
      collect,
    )
    .option('--threads <n>', 'threads of one run (default: 1)')
    .option('--seconds <n>', 'for all latencies of a model together')
    .option('--seed <n>', 'of everything random (default: 0)')
    .option('--budget <limits>', 'e.g. size=-50%,latency=+5%,accuracy=-0.5pp')
    .option('--timeout <time>', 'for the whole job, e.g. "10 min"')
    .option('--memory <amount>', 'for each step, e.g. "4 GB"')
    .option('--remeasure', 'measure latency and memory afresh');
}
