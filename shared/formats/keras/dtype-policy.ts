/** In which type a layer computes. */
import type { ElementType } from '../../onnx/element-type.ts';
import { isObject } from './config.ts';
import type { Json, JsonObject } from './layer.ts';

/** The name of a policy, wherever a version keeps it: `mixed_float16`, `int8_from_float32`. */
export function policyName(config: JsonObject): string | undefined {
  return nameOf(config.dtype) ?? nameOf(config.dtype_policy);
}

function nameOf(policy: Json | undefined): string | undefined {
  if (typeof policy === 'string') return policy;
  if (!isObject(policy) || !isObject(policy.config)) return undefined;
  const { name, source_name: source, mode } = policy.config;
  if (typeof name === 'string') return name;
  return typeof source === 'string' ? `${String(mode ?? 'quantized')}_from_${source}` : undefined;
}

/** The floating-point type that a layer computes in; half precision is computed as float32. */
export const computeType = (policy: string | undefined): ElementType =>
  policy?.endsWith('float64') ? 'float64' : 'float32';

/** Whether it computes in half precision where Keras runs it. */
export const isHalf = (policy: string | undefined): boolean =>
  policy !== undefined && /(^|_)b?float16$/.test(policy);

const TYPES: Readonly<Record<string, ElementType>> = {
  float16: 'float32',
  bfloat16: 'float32',
  half: 'float32',
  float32: 'float32',
  float64: 'float64',
  double: 'float64',
  int8: 'int8',
  int16: 'int16',
  int32: 'int32',
  int64: 'int64',
  uint8: 'uint8',
  uint16: 'uint16',
  uint32: 'uint32',
  uint64: 'uint64',
  bool: 'bool',
  string: 'string',
};

/** The type of an input; Keras leaves it away for float32. */
export function inputType(name: string | undefined): ElementType | undefined {
  if (name === undefined) return 'float32';
  return Object.hasOwn(TYPES, name) ? TYPES[name] : undefined;
}
