/** A CloudFormation template, as far as the emulated stack reads it. */
import { z } from 'zod';
import { isJsonObject, type Json } from '../states/json.ts';

const properties = z.record(z.string(), z.json());

const resource = z.object({
  Type: z.string(),
  Properties: properties.default({}),
  Condition: z.string().optional(),
});

const schema = z.object({
  Parameters: z.record(z.string(), z.object({ Default: z.json().optional() })).default({}),
  Conditions: z.record(z.string(), z.json()).default({}),
  Mappings: z.record(z.string(), z.record(z.string(), z.record(z.string(), z.json()))).default({}),
  Resources: z.record(z.string(), resource),
  Outputs: z.record(z.string(), z.object({ Value: z.json() })).default({}),
});

export type Template = z.infer<typeof schema>;
export type Resource = z.infer<typeof resource>;
export type Properties = { readonly [key: string]: Json };

/** The template that a JSON document is. */
export function parseTemplate(document: unknown): Template {
  return schema.parse(document);
}

/** Properties with what they refer to put in, read one by one; what is of another kind throws. */
export class PropertyReader {
  readonly #properties: Properties;
  readonly #where: string;

  constructor(properties: Json | undefined, where: string) {
    if (properties !== undefined && !isJsonObject(properties)) {
      throw new Error(`${where} is no object`);
    }
    this.#properties = properties ?? {};
    this.#where = where;
  }

  json(name: string): Json | undefined {
    return this.#properties[name];
  }

  text(name: string): string {
    return this.optionalText(name) ?? this.#missing(name);
  }

  optionalText(name: string): string | undefined {
    const value = this.#properties[name];
    if (value === undefined || typeof value === 'string') return value;
    return this.#wrong(name, 'text');
  }

  /** Templates may hold numbers as text. */
  optionalNumber(name: string): number | undefined {
    const value = this.#properties[name];
    if (value === undefined) return undefined;
    const number = typeof value === 'string' ? Number(value) : value;
    if (typeof number === 'number' && !Number.isNaN(number)) return number;
    return this.#wrong(name, 'number');
  }

  object(name: string): PropertyReader {
    return new PropertyReader(this.#properties[name], `${this.#where}.${name}`);
  }

  /** Absent: undefined, where that is not the same as empty. */
  optionalObject(name: string): PropertyReader | undefined {
    return this.#properties[name] === undefined ? undefined : this.object(name);
  }

  list(name: string): readonly PropertyReader[] {
    return this.values(name).map(
      (value, index) => new PropertyReader(value, `${this.#where}.${name}[${index}]`),
    );
  }

  values(name: string): readonly Json[] {
    const value = this.#properties[name] ?? [];
    return Array.isArray(value) ? value : [value];
  }

  texts(name: string): readonly string[] {
    return this.values(name).map((value) =>
      typeof value === 'string' ? value : this.#wrong(name, 'list of texts'),
    );
  }

  /** Text by key, like environment variables. */
  textMap(name: string): Readonly<Record<string, string>> {
    const value = this.#properties[name] ?? {};
    if (!isJsonObject(value)) return this.#wrong(name, 'object');
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, String(item)]));
  }

  /** Throws where one of the properties is given: what the emulator would pass over in silence. */
  refuse(...names: readonly string[]): void {
    const found = names.find((name) => this.#properties[name] !== undefined);
    if (found) throw new Error(`${this.#where}: the emulator knows no ${found}`);
  }

  #missing(name: string): never {
    throw new Error(`${this.#where} needs ${name}`);
  }

  #wrong(name: string, wanted: string): never {
    const value = JSON.stringify(this.#properties[name]);
    throw new Error(`${this.#where}.${name} is no ${wanted}: ${value}`);
  }
}
