/** Puts in what a template refers to: CloudFormation's intrinsic functions. */
import { isJsonObject, type Json } from '../states/json.ts';
import { type Identity, identityOf, type Place } from './identity.ts';
import type { Properties, Template } from './template.ts';

export interface ResolverOptions extends Place {
  readonly template: Template;
  readonly stackName: string;
  readonly parameters?: Readonly<Record<string, Json>>;
}

type Intrinsic = (argument: Json, where: string) => Json | undefined;

/** Every value of one stack. Throws where something is referred to that is not there. */
export class Resolver {
  readonly stackId: string;
  readonly #options: ResolverOptions;
  readonly #identities = new Map<string, Identity>();
  readonly #pseudo: Readonly<Record<string, Json>>;
  readonly #intrinsics: Readonly<Record<string, Intrinsic>>;

  constructor(options: ResolverOptions) {
    const { region, account, stackName } = options;
    this.#options = options;
    this.stackId = `arn:aws:cloudformation:${region}:${account}:stack/${stackName}/emulated`;
    this.#pseudo = {
      'AWS::AccountId': account,
      'AWS::Region': region,
      'AWS::Partition': 'aws',
      'AWS::URLSuffix': 'amazonaws.com',
      'AWS::StackName': stackName,
      'AWS::StackId': this.stackId,
      'AWS::NotificationARNs': [],
    };
    this.#intrinsics = {
      Ref: (argument) => this.#ref(String(argument)),
      'Fn::GetAtt': (argument) => this.#attribute(argument),
      'Fn::Join': (argument, where) => this.#join(argument, where),
      'Fn::Sub': (argument, where) => this.#substitute(argument, where),
      'Fn::Select': (argument, where) => this.#select(argument, where),
      'Fn::Split': (argument, where) => this.#split(argument, where),
      'Fn::If': (argument, where) => this.#if(argument, where),
      'Fn::FindInMap': (argument, where) => this.#findInMap(argument, where),
      'Fn::GetAZs': () => ['a', 'b', 'c'].map((zone) => `${region}${zone}`),
    };
  }

  /** Whether the resource's condition holds, or it has none. */
  isCreated(logicalId: string): boolean {
    const condition = this.#options.template.Resources[logicalId]?.Condition;
    return condition === undefined || this.#condition(condition);
  }

  /** Logical ids of a type's resources that are created. */
  ids(...types: readonly string[]): readonly string[] {
    return Object.entries(this.#options.template.Resources)
      .filter(([id, { Type }]) => types.includes(Type) && this.isCreated(id))
      .map(([id]) => id);
  }

  /** Of all resources that are created. */
  types(): readonly string[] {
    return Object.entries(this.#options.template.Resources)
      .filter(([id]) => this.isCreated(id))
      .map(([, { Type }]) => Type);
  }

  /** A resource's properties with everything put in. */
  properties(logicalId: string): Properties {
    const resolved = this.resolve(this.#resource(logicalId).Properties, logicalId);
    return isJsonObject(resolved) ? resolved : {};
  }

  identity(logicalId: string): Identity {
    const known = this.#identities.get(logicalId);
    if (known) return known;
    const { Type, Properties: raw } = this.#resource(logicalId);
    // Names first: a name may refer to others, the rest of the properties to this very resource.
    const names = Object.entries(raw).filter(([key]) => key.endsWith('Name'));
    const resolved = this.resolve(Object.fromEntries(names), logicalId);
    const identity = identityOf(
      logicalId,
      Type,
      isJsonObject(resolved) ? resolved : {},
      this.#options,
    );
    this.#identities.set(logicalId, identity);
    return identity;
  }

  outputs(): Readonly<Record<string, string>> {
    const { Outputs } = this.#options.template;
    return Object.fromEntries(
      Object.entries(Outputs).map(([name, { Value }]) => [name, String(this.resolve(Value, name))]),
    );
  }

  /** `where`: what is named when something is wrong. What is `AWS::NoValue` vanishes. */
  resolve(value: Json, where: string): Json {
    return this.#value(value, where) ?? null;
  }

  #value(value: Json, where: string): Json | undefined {
    if (Array.isArray(value)) {
      return value
        .map((item: Json) => this.#value(item, where))
        .filter((item): item is Json => item !== undefined);
    }
    if (!isJsonObject(value)) return value;
    const [[name = '', argument = null] = [], ...others] = Object.entries(value);
    if (others.length === 0 && (name === 'Ref' || name.startsWith('Fn::'))) {
      const intrinsic = this.#intrinsics[name];
      if (!intrinsic) throw new Error(`${where}: the emulator knows no ${name}`);
      return intrinsic(argument, where);
    }
    const entries = Object.entries(value)
      .map(([key, item]) => [key, this.#value(item, `${where}.${key}`)] as const)
      .filter((entry): entry is readonly [string, Json] => entry[1] !== undefined);
    return Object.fromEntries(entries);
  }

  #ref(id: string): Json | undefined {
    if (id === 'AWS::NoValue') return undefined;
    const pseudo = this.#pseudo[id];
    if (pseudo !== undefined) return pseudo;
    const parameter = this.#options.template.Parameters[id];
    if (!parameter) return this.identity(id).ref;
    const value = this.#options.parameters?.[id] ?? parameter.Default;
    if (value === undefined) throw new Error(`parameter ${id} needs a value`);
    return value;
  }

  #attribute(argument: Json): Json {
    const [id = '', ...path] = Array.isArray(argument) ? argument : String(argument).split('.');
    const name = path.join('.');
    return this.identity(String(id)).attributes[name] ?? `${id}.${name}`;
  }

  #join(argument: Json, where: string): Json {
    const [delimiter, parts] = this.#list(argument, where);
    return this.#list(parts ?? [], where)
      .map(String)
      .join(String(delimiter));
  }

  #substitute(argument: Json, where: string): Json {
    const [text, variables = {}] = Array.isArray(argument) ? argument : [argument];
    const own = this.resolve(variables, where);
    return String(text).replace(/\$\{(!?)([\w:.]+)\}/g, (_, literal: string, name: string) => {
      if (literal) return `\${${name}}`;
      const given = isJsonObject(own) ? own[name] : undefined;
      return String(given ?? (name.includes('.') ? this.#attribute(name) : this.#ref(name)));
    });
  }

  #select(argument: Json, where: string): Json | undefined {
    const [index, list] = this.#list(argument, where);
    const found = this.#list(list ?? [], where)[Number(index)];
    if (found === undefined) throw new Error(`${where}: Fn::Select finds nothing at ${index}`);
    return found;
  }

  #split(argument: Json, where: string): Json {
    const [delimiter, text] = this.#list(argument, where);
    return String(text).split(String(delimiter));
  }

  #if(argument: Json, where: string): Json | undefined {
    const [condition, yes = null, no = null] = Array.isArray(argument) ? argument : [];
    return this.#value(this.#condition(String(condition)) ? yes : no, where);
  }

  #findInMap(argument: Json, where: string): Json {
    const [map, first, second] = this.#list(argument, where).map(String);
    const found = this.#options.template.Mappings[map ?? '']?.[first ?? '']?.[second ?? ''];
    if (found === undefined) throw new Error(`${where}: no mapping ${map}.${first}.${second}`);
    return found;
  }

  #list(value: Json, where: string): readonly Json[] {
    const resolved = this.resolve(value, where);
    if (Array.isArray(resolved)) return resolved;
    throw new Error(`${where}: a list is needed, not ${JSON.stringify(value)}`);
  }

  #condition(name: string): boolean {
    const condition = this.#options.template.Conditions[name];
    if (condition === undefined) throw new Error(`no condition ${name}`);
    return this.#holds(condition, name);
  }

  #holds(condition: Json, where: string): boolean {
    if (!isJsonObject(condition)) throw new Error(`${where} is no condition`);
    const [[name = '', argument = null] = []] = Object.entries(condition);
    const parts: readonly Json[] = Array.isArray(argument) ? argument : [argument];
    switch (name) {
      case 'Condition':
        return this.#condition(String(argument));
      case 'Fn::Not':
        return parts.some((part) => !this.#holds(part, where));
      case 'Fn::And':
        return parts.every((part) => this.#holds(part, where));
      case 'Fn::Or':
        return parts.some((part) => this.#holds(part, where));
      case 'Fn::Equals': {
        const [left, right] = parts.map((part) => JSON.stringify(this.resolve(part, where)));
        return left === right;
      }
      default:
        throw new Error(`${where}: the emulator knows no condition ${name}`);
    }
  }

  #resource(logicalId: string): Template['Resources'][string] {
    const resource = this.#options.template.Resources[logicalId];
    if (resource) return resource;
    throw new Error(`the template has no ${logicalId}`);
  }
}
