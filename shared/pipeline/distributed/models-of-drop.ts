/** The models of a prefix as drafts of requests: by the configuration, or by what lies there. */
import type { WireError } from '../local/error-wire.ts';
import { configuredModels } from './configured.ts';
import { type Candidate, type Drop, dataNear } from './drop.ts';
import { type Fetch, lookInside } from './look-inside.ts';
import type { ObjectInfo } from './object-store.ts';
import { inputObject, type RequestDraft } from './request.ts';

/** A model that may be one, not looked into yet. */
export interface DroppedModel {
  readonly name: string;
  readonly candidate?: Candidate;
  readonly problem?: WireError;
  /** Named by the configuration; without one it is looked for. */
  readonly data?: readonly ObjectInfo[];
  readonly configuration?: ObjectInfo;
  readonly configurationModel?: string;
  readonly settings?: string;
}

/** By name. `text`: of the configuration, where there is one. */
export function modelsOfDrop(drop: Drop, text: string | undefined): DroppedModel[] {
  const { configuration } = drop;
  if (!configuration || text === undefined)
    return drop.candidates.map((candidate) => ({ name: candidate.name, candidate }));
  return configuredModels(drop, configuration, text)
    .map(({ found, ...model }) => ({ ...model, configuration, ...found }))
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

export type Decision =
  | { readonly kind: 'request'; readonly draft: RequestDraft; readonly files: readonly string[] }
  | {
      readonly kind: 'waiting';
      readonly files: readonly string[];
      readonly missing: readonly string[];
    }
  | { readonly kind: 'ignored'; readonly reason: string };

/** What is to be done with a model, once its bytes were looked at. `frame`: what all requests of a pass share. */
export async function decide(
  model: DroppedModel,
  drop: Drop,
  frame: Pick<RequestDraft, 'inbox' | 'reason' | 'toolchain'>,
  fetch: Fetch,
): Promise<Decision> {
  const { name, candidate, problem, configuration, configurationModel, settings } = model;
  const data = model.data ?? (candidate ? dataNear(candidate, drop) : []);
  const draft = (files: readonly ObjectInfo[], modelPath: string): RequestDraft => ({
    ...frame,
    name,
    prefix: drop.prefix,
    model: files.map(inputObject),
    modelPath,
    data: data.map(inputObject),
    sourceVersion: newest([...files, ...data, ...(configuration ? [configuration] : [])]),
    ...(configuration && { configuration: inputObject(configuration) }),
    ...(configurationModel !== undefined && { configurationModel }),
    ...(settings !== undefined && { settings }),
    ...(problem && { problem }),
  });
  if (!candidate) return { kind: 'request', draft: draft([], '.'), files: [] };
  const inside = await lookInside(candidate, drop, fetch);
  if (inside.kind === 'ignored' && !configuration) return inside;
  // What the configuration calls a model is one: the job says what is wrong with it.
  const found = inside.kind === 'ignored' ? [candidate.entry] : inside.files;
  const files = found.map(({ key }) => key);
  if (inside.kind === 'waiting') return { kind: 'waiting', files, missing: inside.missing };
  return { kind: 'request', draft: draft(found, candidate.path), files };
}

/** ISO 8601. */
function newest(objects: readonly ObjectInfo[]): string {
  const times = objects.map(({ lastModified }) => lastModified.getTime());
  return new Date(Math.max(...times)).toISOString();
}
