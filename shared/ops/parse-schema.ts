/**
 * The lines of schema-text.ts, read on demand.
 *
 *     Loop 11 | M?:I cond?:B v_initial**0:V | v_final**:V | body:graph! | V=17 I=6 B=7
 *
 * Name, version and `deprecated`; inputs; outputs; attributes; type variables as numbers of the type
 * sets at the head (`@17 float32 …`). `?` is optional, `*` variadic of one type, `**` of any types, a
 * digit behind it how many values it needs at least (1 unless said), `!` required, `=` the default.
 */
import { DefectError } from '../base/errors.ts';
import type { AttributeKind, AttributeSpec, OpSignature, Parameter } from './signature.ts';

/** Lines by domain and operator, versions ascending; type sets by number. */
export interface SchemaIndex {
  readonly lines: ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>;
  readonly typeSets: ReadonlyMap<string, string>;
}

/** Sorts the lines without reading them: under a millisecond for all. */
export function indexSchemas(text: string): SchemaIndex {
  const lines = new Map<string, Map<string, string[]>>();
  const typeSets = new Map<string, string>();
  let operators = new Map<string, string[]>();
  for (const line of text.split('\n')) {
    const space = line.indexOf(' ');
    if (space < 0) continue;
    const word = line.slice(0, space);
    if (word.startsWith('@')) typeSets.set(word.slice(1), line.slice(space + 1));
    else if (word === '=') {
      operators = new Map();
      lines.set(line.slice(2), operators);
    } else {
      const versions = operators.get(word);
      if (versions) versions.push(line);
      else operators.set(word, [line]);
    }
  }
  return { lines, typeSets };
}

/** The version that a line is of. */
export function sinceOf(line: string): number {
  return Number.parseInt(line.slice(line.indexOf(' ') + 1), 10);
}

/** One line as a signature. */
export function parseSchema(domain: string, line: string, index: SchemaIndex): OpSignature {
  const [head = '', inputText = '', outputText = '', attributeText = '', typeText = ''] = line
    .split('|')
    .map((part) => part.trim());
  const [opType = '', since = '', flag] = head.split(' ');
  const variables = new Map(
    words(typeText).map((word): [string, readonly string[]] => {
      const [name = '', set = ''] = word.split('=');
      return [name, words(index.typeSets.get(set) ?? '')];
    }),
  );
  const inputs = words(inputText).map((word) => parseParameter(word, variables));
  const outputs = words(outputText).map((word) => parseParameter(word, variables));
  const attributes = words(attributeText).map(parseAttribute);
  return {
    domain,
    opType,
    since: Number(since),
    deprecated: flag === 'deprecated',
    inputs: inputs.map(({ parameter }) => parameter),
    outputs: outputs.map(({ parameter }) => parameter),
    minInputs: leastCount(inputs),
    maxInputs: mostCount(inputs),
    minOutputs: leastCount(outputs),
    maxOutputs: mostCount(outputs),
    attributes: new Map(attributes.map((attribute) => [attribute.name, attribute])),
  };
}

interface Counted {
  readonly parameter: Parameter;
  readonly atLeast: number;
}

function parseParameter(word: string, variables: ReadonlyMap<string, readonly string[]>): Counted {
  const match = /^([^?*:]+)(\?|\*{1,2})?(\d+)?:(.+)$/.exec(word);
  if (!match) throw new DefectError(`op table: '${word}' is no parameter`);
  const [, name = '', mark = '', least, type = ''] = match;
  const option = mark === '' ? 'single' : mark === '?' ? 'optional' : 'variadic';
  const types = variables.get(type) ?? [type];
  return {
    parameter: { name, type, types, option, homogeneous: mark !== '**' },
    atLeast: option === 'optional' ? 0 : Number(least ?? 1),
  };
}

function parseAttribute(word: string): AttributeSpec {
  const match = /^([^:]+):([a-z-]+)(!?)(?:=(.*))?$/.exec(word);
  if (!match) throw new DefectError(`op table: '${word}' is no attribute`);
  const [, name = '', kind = '', required, value] = match;
  return {
    name,
    kind: kind as AttributeKind,
    required: required === '!',
    ...(value === undefined ? {} : { default: JSON.parse(value) }),
  };
}

/** Source: OpSchema::Finalize of onnx: everything up to the last required parameter must be there. */
function leastCount(parameters: readonly Counted[]): number {
  return parameters.reduce(
    (least, { parameter, atLeast }, position) =>
      parameter.option === 'optional' ? least : position + atLeast,
    0,
  );
}

function mostCount(parameters: readonly Counted[]): number {
  return parameters.at(-1)?.parameter.option === 'variadic'
    ? Number.POSITIVE_INFINITY
    : parameters.length;
}

function words(text: string): readonly string[] {
  return text === '' ? [] : text.split(' ');
}
