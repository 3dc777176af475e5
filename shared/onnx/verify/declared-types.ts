/** What a file says about types agrees with itself and with what the operators allow. Nothing is inferred here. */
import {
  findOp,
  NEWEST_OPSET,
  type OpSignature,
  type Parameter,
  parameterAt,
} from '../../ops/find-op.ts';
import type { Dim, Node, ValueType } from '../model.ts';
import type { CheckContext, ProblemList } from './problem.ts';
import { nodeLabel, type Scope } from './scope.ts';

type Types = ReadonlyMap<string, ValueType>;

/** Rule `declared-type`. */
export function checkDeclaredTypes({ scopes, problems }: CheckContext): void {
  const declared = new Map<Scope, Types>();
  const given = new Map<Scope, ReadonlySet<string>>();
  for (const scope of scopes) {
    declared.set(scope, declaredIn(scope, problems));
    given.set(scope, new Set(scope.nodes.flatMap(({ outputs }) => outputs)));
    const typeOf = (name: string): ValueType | undefined => {
      for (let at: Scope | null = scope; at; at = at.outer) {
        const type = declared.get(at)?.get(name);
        // A value without a type hides one of the same name around the body.
        if (type || given.get(at)?.has(name)) return type;
      }
      return undefined;
    };
    scope.nodes.forEach((node, index) => {
      const opset = scope.opsets.get(node.domain);
      if (opset === undefined || (node.domain === '' && opset > NEWEST_OPSET)) return;
      const signature = findOp(node.domain, node.opType, opset);
      if (!signature) return;
      const problem = wrongTypes(node, signature, typeOf);
      if (problem)
        problems.add('declared-type', `${nodeLabel(node, index)}${scope.suffix}`, problem);
    });
  }
}

function declaredIn(scope: Scope, problems: ProblemList): Types {
  const types = new Map<string, ValueType>();
  const declare = (name: string, type: ValueType | null, what: string, isHarmless = true): void => {
    if (!type) return;
    const known = types.get(name);
    if (!known) types.set(name, type);
    else if (!agree(known, type))
      problems.add(
        'declared-type',
        `${what} '${name}'${scope.suffix}`,
        `it is declared as ${typeText(known)} and as ${typeText(type)}`,
        { isHarmless },
      );
  };
  const { graph } = scope;
  for (const { name, type, dims } of graph?.initializers.values() ?? [])
    declare(name, { kind: 'tensor', elementType: type, shape: dims }, 'initializer');
  // The shape of a weight is used, what is said of inner values beside what is said of outputs is not.
  for (const { name, type } of graph?.inputs ?? []) declare(name, type, 'input', false);
  for (const { name, type } of graph?.outputs ?? []) declare(name, type, 'output');
  const valueInfo = graph?.valueInfo ?? scope.definition?.valueInfo;
  for (const { name, type } of valueInfo?.values() ?? []) declare(name, type, 'value');
  return types;
}

/** The first parameter whose declared type the operator does not allow, or two that must be equal and are not. */
function wrongTypes(
  node: Node,
  signature: OpSignature,
  typeOf: (name: string) => ValueType | undefined,
): string | undefined {
  const bound = new Map<string, { readonly name: string; readonly text: string }>();
  const check = (name: string, parameter: Parameter | undefined): string | undefined => {
    const text = name === '' ? undefined : constraintText(typeOf(name));
    if (!parameter || text === undefined) return undefined;
    if (!parameter.types.includes(text))
      return `'${name}' is ${text}, which ${signature.opType} does not take as '${parameter.name}'`;
    if (!parameter.homogeneous || parameter.types.length < 2) return undefined;
    const known = bound.get(parameter.type);
    if (!known) bound.set(parameter.type, { name, text });
    else if (known.text !== text)
      return `'${known.name}' is ${known.text} and '${name}' is ${text}: they must be of one type`;
    return undefined;
  };
  for (const [position, name] of node.inputs.entries()) {
    const problem = check(name, parameterAt(signature.inputs, position));
    if (problem) return problem;
  }
  for (const [position, name] of node.outputs.entries()) {
    const problem = check(name, parameterAt(signature.outputs, position));
    if (problem) return problem;
  }
  return undefined;
}

/** The type as the op table writes it, without shape; `undefined` when that cannot be said. */
function constraintText(type: ValueType | undefined): string | undefined {
  switch (type?.kind) {
    case 'tensor':
      return type.elementType;
    case 'sparse-tensor':
      return `sparse(${type.elementType})`;
    case 'sequence':
    case 'optional': {
      const element = constraintText(type.element);
      return element && `${type.kind === 'sequence' ? 'seq' : 'optional'}(${element})`;
    }
    case 'map': {
      const value = constraintText(type.value);
      return value && `map(${type.key},${value})`;
    }
    default:
      return undefined;
  }
}

function agree(one: ValueType, other: ValueType): boolean {
  if (one.kind === 'unknown' || other.kind === 'unknown') return true;
  if (one.kind !== other.kind || constraintText(one) !== constraintText(other)) return false;
  if (!('shape' in one) || !('shape' in other) || !one.shape || !other.shape) return true;
  const { shape } = other;
  return (
    one.shape.length === shape.length &&
    one.shape.every((dim, axis) => dimsAgree(dim, shape[axis] ?? null))
  );
}

/** Only two different fixed sizes contradict each other. */
function dimsAgree(one: Dim, other: Dim): boolean {
  return typeof one !== 'number' || typeof other !== 'number' || one === other;
}

function typeText(type: ValueType): string {
  const shape =
    'shape' in type && type.shape ? `[${type.shape.map((dim) => dim ?? '?').join(', ')}]` : '';
  return `${constraintText(type) ?? type.kind}${shape}`;
}
