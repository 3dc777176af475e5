/** Types as text: `float[N,?,3]`, `float` for a scalar, `float[]` when even the rank is unknown, `seq(…)`. */
import type { ValueInfo, ValueType } from '../model.ts';
import { elementWord, hexText, nameText } from './words.ts';

/** A type. */
export function typeText(type: ValueType): string {
  switch (type.kind) {
    case 'tensor':
      return tensorText(type);
    case 'sparse-tensor':
      return `sparse_tensor(${tensorText(type)})`;
    case 'sequence':
      return `seq(${typeText(type.element)})`;
    case 'optional':
      return `optional(${typeText(type.element)})`;
    case 'map':
      return `map(${elementWord(type.key)}, ${typeText(type.value)})`;
    case 'unknown':
      return `unknown(${hexText(type.encoded)})`;
  }
}

function tensorText({
  elementType,
  shape,
}: Extract<ValueType, { kind: 'tensor' | 'sparse-tensor' }>): string {
  if (shape === null) return `${elementWord(elementType)}[]`;
  if (shape.length === 0) return elementWord(elementType);
  const dims = shape.map((dim) =>
    dim === null ? '?' : typeof dim === 'number' ? String(dim) : nameText(dim),
  );
  return `${elementWord(elementType)}[${dims.join(',')}]`;
}

/** A value with its type, where that is known. */
export function valueText({ name, type }: ValueInfo): string {
  return type ? `${typeText(type)} ${nameText(name)}` : nameText(name);
}
