/** What a rule's target is sent of an event. */
import { isJsonObject, type Json } from '../states/json.ts';

/** The fields of a target in a template; at most one of them is given. */
export interface InputSettings {
  readonly Input?: string;
  readonly InputPath?: string;
  readonly InputTransformer?: {
    readonly InputPathsMap?: Readonly<Record<string, string>>;
    readonly InputTemplate: string;
  };
}

/** The payload as text, mostly JSON: the whole event unless the target says otherwise. */
export function targetInput(settings: InputSettings, event: Json, ruleName: string): string {
  const { Input, InputPath, InputTransformer } = settings;
  if (Input !== undefined) return Input;
  if (InputPath !== undefined) return JSON.stringify(at(InputPath, event) ?? null);
  if (!InputTransformer) return JSON.stringify(event);
  const { InputPathsMap = {}, InputTemplate } = InputTransformer;
  const values = new Map<string, Json | undefined>([
    ...Object.entries(InputPathsMap).map(([name, path]) => [name, at(path, event)] as const),
    ['aws.events.rule-name', ruleName],
    ['aws.events.event', event],
    ['aws.events.event.json', event],
  ]);
  return fill(InputTemplate, values);
}

/** Inside quotes a value stands as text, outside as JSON; a path that leads nowhere gives nothing or null. */
function fill(template: string, values: ReadonlyMap<string, Json | undefined>): string {
  let isQuoted = false;
  return template.replace(/\\.|"|<([\w.-]+)>/g, (part, name: string | undefined) => {
    if (part === '"') isQuoted = !isQuoted;
    if (name === undefined || !values.has(name)) return part;
    const value = values.get(name);
    if (!isQuoted) return JSON.stringify(value ?? null);
    const text = typeof value === 'string' ? value : JSON.stringify(value ?? '');
    return JSON.stringify(text).slice(1, -1);
  });
}

/** The value at a path like `$.detail.object.key` or `$.resources[0]`. */
function at(path: string, event: Json): Json | undefined {
  if (!/^\$([.][\w-]+|\[\d+\])*$/.test(path)) throw new Error(`Unknown path: ${path}`);
  const keys = path.match(/[\w-]+/g) ?? [];
  return keys.reduce<Json | undefined>((value, key) => {
    if (Array.isArray(value)) return value[Number(key)];
    return isJsonObject(value) ? value[key] : undefined;
  }, event);
}
