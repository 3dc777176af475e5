/** Other types of elements. */
import type { ElementType } from '../../../onnx/element-type.ts';
import type { Builder } from '../../build/builder.ts';
import { cast } from '../../build/cast.ts';
import { Unconvertible } from '../../build/unconvertible.ts';
import type { Value } from '../../build/value.ts';
import { typeAttribute } from '../attributes.ts';
import { one, type TfOpTable } from '../op.ts';

/** Bits of whole numbers seen with another sign: casts wrap. ONNX has nothing for those of fractions. */
function bitcast(b: Builder, x: Value, type: ElementType): Value {
  const width = (name: ElementType): string | undefined => /^u?int(\d+)$/.exec(name)?.[1];
  if (x.type === type) return x;
  if (width(x.type) === undefined || width(x.type) !== width(type))
    throw new Unconvertible(`it reads the bits of ${x.type} as ${type}`);
  return cast(b, x, type);
}

export const CASTING: TfOpTable = {
  Cast: one((b, x, node) => cast(b, x, typeAttribute(node, 'DstT'))),
  Bitcast: one((b, x, node) => bitcast(b, x, typeAttribute(node, 'type'))),
};
