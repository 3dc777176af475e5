/** The names of models, targets and variants, which are valid and which come later. */
import { InputError, UnsupportedError } from '../base/errors.ts';
import { suggest } from '../base/suggest.ts';

export const TARGETS = ['onnx', 'ort'] as const;
export type Target = (typeof TARGETS)[number];

/** Named by the contract, built by no engine here: refused as unsupported, not as unknown. */
const LATER_TARGETS = ['tfjs', 'tflite', 'openvino', 'tensorrt', 'tvm'];

export const DEFAULT_VARIANTS = ['float16', 'int8', 'int4', 'auto'] as const;

/** Whether a variant is made by training, or trained again after parts of the network were taken out. */
export const isTrained = (variant: string): boolean =>
  /qat|pruned|slim|sparse|distilled/.test(variant);

/** Whether activations are quantized ahead, by ranges that data gives: `int8`, also as the last of several. */
export const isCalibrated = (variant: string): boolean => /(^|\+)int8($|\+)/.test(variant);

/** Whether the float32 model's graph alone decides how a variant is made, and its weights only what stands in it. */
export const isWeightOnly = (variant: string): boolean =>
  ['int8-dynamic', 'int8-weights', 'int4'].includes(variant);

/** Throws {@link InputError} for an unknown name, {@link UnsupportedError} for one without an engine. */
export function parseTarget(name: string, where: string): Target {
  const known = TARGETS.find((target) => target === name);
  if (known) return known;
  if (LATER_TARGETS.includes(name)) {
    throw new UnsupportedError(`the target ${name} is not built by this version of Fettle`, {
      where,
      hint: `It builds ${TARGETS.join(' and ')}; others' converters take the .onnx artifact.`,
    });
  }
  throw new InputError(`unknown target "${name}"`, { where, hint: suggest(name, TARGETS) });
}

/** What a model may be called: parts joined by `/`, none of them empty, `.` or `..`. */
export const MODEL_NAME =
  /^(?!\.{1,2}(?:\/|$))[A-Za-z0-9._-]+(?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9._-]+)*$/;
/** With variant, hardware and suffix behind it a file name stays below the 255 bytes that file systems take. */
export const MODEL_NAME_MAX_LENGTH = 100;
export const MODEL_NAME_RULE =
  'a model name holds letters, digits, ".", "_" and "-", and "/" between parts that are neither empty nor ".."';

/**
 * Every file of the output begins with it, and in S3 a part of the key: it must not lead out of the folder.
 * @throws InputError
 */
export function checkModelName(name: string, where: string): string {
  if (MODEL_NAME.test(name) && name.length <= MODEL_NAME_MAX_LENGTH) return name;
  throw new InputError(`${JSON.stringify(name)} cannot name a model`, {
    where,
    hint: `Choose another: ${MODEL_NAME_RULE}, at most ${MODEL_NAME_MAX_LENGTH} characters.`,
  });
}

/** `models/digits.keras` → `digits`; a folder, or its `model.json`, gives the folder's name. */
export function modelNameOf(path: string, isFolder: boolean): string {
  const parts = path
    .replaceAll('\\', '/')
    .split('/')
    .filter((part) => part !== '' && part !== '.');
  const last = parts.at(-1) ?? 'model';
  const isInner = last === 'model.json' || last === 'saved_model.pb';
  const name = isInner
    ? (parts.at(-2) ?? 'model')
    : isFolder
      ? last
      : last.replace(/(?<=.)\.[^.]+$/, '');
  return plainName(name);
}

/** The nearest text that may name a model and begin a file name: `mödel ☃ 2` → `model-2`. */
export function plainName(text: string): string {
  return (
    text
      .normalize('NFKD')
      .replace(/\p{Mn}+/gu, '')
      .replace(/[^A-Za-z0-9._-]+/g, '-')
      // Shells and tools take a name that begins so for an option.
      .replace(/^-+/, '')
      .slice(0, MODEL_NAME_MAX_LENGTH)
      .replace(/^\.+$/, '') || 'model'
  );
}
