/** The op table: which signature an operator has in an operator set. */
import { indexSchemas, parseSchema, type SchemaIndex, sinceOf } from './parse-schema.ts';
import { SCHEMA_TEXT } from './schema-text.ts';
import type { OpSignature } from './signature.ts';

export type { AttributeKind, AttributeSpec, OpSignature, Parameter } from './signature.ts';
export { parameterAt } from './signature.ts';

/** The newest version of ai.onnx whose operators the table knows. */
export const NEWEST_OPSET = 26;

let index: SchemaIndex | undefined;
const signatures = new Map<string, OpSignature>();

/**
 * The signature that `opType` has at version `opset` of its domain (`''` and `'ai.onnx'` are the
 * standard one): the newest not above it. `undefined` for an operator or domain that the table lacks.
 */
export function findOp(domain: string, opType: string, opset: number): OpSignature | undefined {
  const key = `${domain} ${opType} ${opset}`;
  const known = signatures.get(key);
  if (known) return known;
  const standard = domain === 'ai.onnx' ? '' : domain;
  const table = schemas();
  const lines = table.lines.get(standard)?.get(opType);
  const line = lines?.findLast((candidate) => sinceOf(candidate) <= opset);
  if (line === undefined) return undefined;
  const signature = parseSchema(standard, line, table);
  signatures.set(key, signature);
  return signature;
}

/** The versions at which the operator's signature changed, ascending; empty for an unknown one. */
export function versionsOf(domain: string, opType: string): readonly number[] {
  return (
    schemas()
      .lines.get(domain === 'ai.onnx' ? '' : domain)
      ?.get(opType) ?? []
  ).map(sinceOf);
}

/** Whether the table knows operators of this domain at all. */
export function isKnownDomain(domain: string): boolean {
  return schemas().lines.has(domain === 'ai.onnx' ? '' : domain);
}

/** All operators of a domain that the table knows, for tests and for suggestions. */
export function opTypesOf(domain: string): readonly string[] {
  return [
    ...(schemas()
      .lines.get(domain === 'ai.onnx' ? '' : domain)
      ?.keys() ?? []),
  ];
}

function schemas(): SchemaIndex {
  index ??= indexSchemas(SCHEMA_TEXT);
  return index;
}
