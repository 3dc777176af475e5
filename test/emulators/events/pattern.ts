/** EventBridge's event patterns. Source: "Comparison operators for use in event patterns". */
import { isJsonObject, type Json } from '../states/json.ts';

/** Whether the event has what the pattern asks for; an unknown operator throws. */
export function matchesPattern(pattern: Json, event: Json): boolean {
  if (!isJsonObject(pattern)) throw invalid('a pattern is an object', pattern);
  return matchesObject(pattern, event);
}

type JsonObject = { readonly [key: string]: Json };

function matchesObject(pattern: JsonObject, event: Json | undefined): boolean {
  // Arrays of objects are searched for one that matches; the service flattens them.
  if (Array.isArray(event)) return event.some((item: Json) => matchesObject(pattern, item));
  const values = isJsonObject(event) ? event : {};
  const entries = Object.entries(pattern);
  if (entries.length === 0) throw invalid('a pattern has at least one field', pattern);
  // Every field is looked at, so that a fault in any is told however the others match.
  return entries.map(([key, wanted]) => matchesField(key, wanted, values)).every(Boolean);
}

function matchesField(key: string, wanted: Json, values: JsonObject): boolean {
  if (key === '$or' && Array.isArray(wanted)) {
    return wanted.map((part: Json) => matchesPattern(part, values)).some(Boolean);
  }
  const value = Object.hasOwn(values, key) ? values[key] : undefined;
  if (isJsonObject(wanted)) return matchesObject(wanted, value);
  if (!Array.isArray(wanted) || wanted.length === 0) {
    throw invalid(`${key} needs a list of values that is not empty`, wanted);
  }
  const candidates: readonly (Json | undefined)[] = Array.isArray(value) ? value : [value];
  return wanted.map((matcher: Json) => isLeafMatch(matcher, candidates)).some(Boolean);
}

function isLeafMatch(matcher: Json, candidates: readonly (Json | undefined)[]): boolean {
  if (!isJsonObject(matcher)) return candidates.includes(matcher);
  const [[operator, operand = null] = ['', null], ...others] = Object.entries(matcher);
  if (others.length > 0) throw invalid('a matcher has one operator', matcher);
  if (operator === 'exists') return matchesExists(operand, candidates);
  if (operator === 'anything-but') return matchesAnythingBut(operand, candidates);
  return matchesAny(operator, operand, candidates);
}

/** Whether a field is there; only fields with a value of their own are, not objects. */
function matchesExists(operand: Json, candidates: readonly (Json | undefined)[]): boolean {
  if (typeof operand !== 'boolean') throw invalid('exists needs true or false', operand);
  return candidates.some((value) => value !== undefined && !isJsonObject(value)) === operand;
}

/** Whether there is a value that is none of those named. */
function matchesAnythingBut(operand: Json, candidates: readonly (Json | undefined)[]): boolean {
  const isExcluded = (value: Json | undefined): boolean => {
    if (!isJsonObject(operand)) return [operand].flat().includes(value ?? null);
    const [[operator, inner = null] = ['', null]] = Object.entries(operand);
    const names: readonly Json[] = Array.isArray(inner) ? inner : [inner];
    return names.map((name) => matchesAny(operator, name, [value])).some(Boolean);
  };
  return candidates.map((value) => value !== undefined && !isExcluded(value)).some(Boolean);
}

function matchesAny(
  operator: string,
  operand: Json,
  candidates: readonly (Json | undefined)[],
): boolean {
  const test = OPERATORS[operator];
  if (!test) throw invalid(`unknown operator '${operator}'`, operand);
  const isMatch = test(operand);
  return candidates.some((value) => isMatch(value));
}

/** From the operand to a test of one value. */
type Operator = (operand: Json) => (value: Json | undefined) => boolean;

const OPERATORS: Readonly<Record<string, Operator>> = {
  prefix: affix('prefix', (text, part) => text.startsWith(part)),
  suffix: affix('suffix', (text, part) => text.endsWith(part)),
  'equals-ignore-case': (operand) => {
    const wanted = textOf('equals-ignore-case', operand).toLowerCase();
    return (value) => typeof value === 'string' && value.toLowerCase() === wanted;
  },
  wildcard: (operand) => {
    const expression = wildcardExpression(textOf('wildcard', operand));
    return (value) => typeof value === 'string' && expression.test(value);
  },
  numeric: (operand) => {
    const tests = numericTests(operand);
    return (value) => typeof value === 'number' && tests.every((test) => test(value));
  },
};

/** `prefix` and `suffix`, each with or without `equals-ignore-case` inside. */
function affix(name: string, has: (text: string, part: string) => boolean): Operator {
  return (operand) => {
    if (!isJsonObject(operand)) {
      const part = textOf(name, operand);
      return (value) => typeof value === 'string' && has(value, part);
    }
    const part = textOf(name, operand['equals-ignore-case'] ?? null).toLowerCase();
    return (value) => typeof value === 'string' && has(value.toLowerCase(), part);
  };
}

/** `*` stands for any characters, `\*` and `\\` for themselves. */
function wildcardExpression(text: string): RegExp {
  if (/(^|[^\\])\*\*/.test(text)) throw invalid('a wildcard has no two * in a row', text);
  const source = text.replace(/\\[*\\]|[\s\S]/g, (part) => {
    if (part === '*') return '[\\s\\S]*';
    return part.slice(-1).replace(/[.*+?^${}()|[\]\\/-]/, '\\$&');
  });
  return new RegExp(`^${source}$`);
}

const COMPARISONS: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  '=': (value, bound) => value === bound,
  '<': (value, bound) => value < bound,
  '<=': (value, bound) => value <= bound,
  '>': (value, bound) => value > bound,
  '>=': (value, bound) => value >= bound,
};

/** `[">", 0, "<=", 5]` */
function numericTests(operand: Json): readonly ((value: number) => boolean)[] {
  const parts: readonly Json[] = Array.isArray(operand) ? operand : [];
  if (parts.length !== 2 && parts.length !== 4) throw invalid('numeric needs bounds', operand);
  return [0, 2]
    .filter((at) => at < parts.length)
    .map((at) => {
      const compare = COMPARISONS[String(parts[at])];
      const bound = parts[at + 1];
      if (!compare || typeof bound !== 'number') throw invalid('numeric needs bounds', operand);
      return (value) => compare(value, bound);
    });
}

function textOf(operator: string, operand: Json): string {
  if (typeof operand === 'string' && operand !== '') return operand;
  throw invalid(`${operator} needs a text`, operand);
}

const invalid = (what: string, where: Json): Error =>
  new Error(`Event pattern is not valid. Reason: ${what}: ${JSON.stringify(where)}`);
