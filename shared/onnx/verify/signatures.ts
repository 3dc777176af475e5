/** Nodes against the op table: the operator exists in the opset, with so many inputs and outputs and these attributes. */
import {
  type AttributeSpec,
  findOp,
  NEWEST_OPSET,
  type OpSignature,
  versionsOf,
} from '../../ops/find-op.ts';
import type { Attribute, Node } from '../model.ts';
import type { CheckContext, ProblemList } from './problem.ts';
import { calledLabel, functionLabel, nodeLabel, type Scope } from './scope.ts';

/**
 * Rules `known-op`, `op-version`, `arity`, `attribute-name`, `attribute-type`, `attribute-required`. Domains that
 * the table lacks, and versions above the newest it knows, are not judged.
 */
export function checkSignatures({ model, scopes, problems }: CheckContext): void {
  const defined = new Set(model.functions.map(functionLabel));
  for (const scope of scopes) {
    scope.nodes.forEach((node, index) => {
      if (defined.size > 0 && defined.has(calledLabel(node))) return;
      checkNode(node, scope, () => `${nodeLabel(node, index)}${scope.suffix}`, problems);
    });
  }
}

function checkNode(node: Node, scope: Scope, where: () => string, problems: ProblemList): void {
  const opset = scope.opsets.get(node.domain);
  if (opset === undefined || (node.domain === '' && opset > NEWEST_OPSET)) return;
  const signature = findOp(node.domain, node.opType, opset);
  if (!signature || signature.deprecated) {
    const problem = whyUnknown(node, opset, signature);
    if (problem) problems.add(problem.rule, where(), problem.message, problem);
    return;
  }
  checkArity(node, signature, where, problems);
  checkAttributes(node, signature, where, problems);
}

interface Unknown {
  readonly rule: 'known-op' | 'op-version';
  readonly message: string;
  readonly isHarmless: boolean;
}

function whyUnknown(
  node: Node,
  opset: number,
  signature: OpSignature | undefined,
): Unknown | undefined {
  const imported = `and opset ${opset} is imported`;
  const otherVersion = (message: string): Unknown => ({
    rule: 'op-version',
    message: `${node.opType} ${message}, ${imported}`,
    isHarmless: false,
  });
  if (signature) return otherVersion(`is gone since opset ${signature.since}`);
  const [first] = versionsOf(node.domain, node.opType);
  if (first !== undefined) return otherVersion(`exists since opset ${first}`);
  // A custom op, like one of a domain of its own: whether it runs is the runtime's business.
  return node.domain === ''
    ? { rule: 'known-op', message: `ai.onnx has no operator ${node.opType}`, isHarmless: true }
    : undefined;
}

function checkArity(
  node: Node,
  signature: OpSignature,
  where: () => string,
  problems: ProblemList,
): void {
  const sides = [
    ['input', node.inputs, signature.inputs, signature.minInputs, signature.maxInputs],
    ['output', node.outputs, signature.outputs, signature.minOutputs, signature.maxOutputs],
  ] as const;
  for (const [side, given, formal, least, most] of sides) {
    const { length } = given;
    if (length < least || length > most) {
      const wanted =
        least === most
          ? `${least}`
          : `${least} to ${most === Number.POSITIVE_INFINITY ? 'any number' : most}`;
      problems.add(
        'arity',
        where(),
        `it has ${length} ${side}s, ${signature.opType} has ${wanted}`,
      );
      continue;
    }
    formal.forEach((parameter, position) => {
      if (side === 'input' && parameter.option === 'single' && given[position] === '')
        problems.add('arity', where(), `its input '${parameter.name}' is left out`);
    });
  }
}

/**
 * Ops whose further attributes onnxruntime skips. It does so for Constant, too, but there takes the first
 * attribute for the value, whatever its name.
 */
const UNCHECKED: ReadonlySet<string> = new Set([
  'LayerNormalization',
  'SimplifiedLayerNormalization',
]);

function checkAttributes(
  node: Node,
  signature: OpSignature,
  where: () => string,
  problems: ProblemList,
): void {
  for (const [name, attribute] of node.attributes) {
    const spec = signature.attributes.get(name);
    // Names with two underscores are notes of a tool to itself, which runtimes skip.
    if (!spec && !name.startsWith('__'))
      problems.add(
        'attribute-name',
        where(),
        `${signature.opType} (since ${signature.since}) has no attribute '${name}'`,
        { isHarmless: UNCHECKED.has(signature.opType) },
      );
    else if (spec && kindOf(attribute) !== spec.kind)
      problems.add('attribute-type', where(), wrongKind(name, attribute, spec));
  }
  for (const spec of signature.attributes.values()) {
    if (spec.required && !node.attributes.has(spec.name))
      problems.add('attribute-required', where(), `it lacks the attribute '${spec.name}'`);
  }
}

function kindOf(attribute: Attribute): AttributeSpec['kind'] {
  return attribute.type === 'reference' ? attribute.of : attribute.type;
}

function wrongKind(name: string, attribute: Attribute, spec: AttributeSpec): string {
  return `attribute '${name}' is of type ${kindOf(attribute)}, ${spec.kind} is needed`;
}
