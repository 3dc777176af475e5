/**
 * What a key below `models/` is of: a pointer of a model, or a file of one of its runs. A model's name may have slashes,
 * and parts that look like ours: `a/runs/b` is a model, too.
 */

/** Which run of a model is used, or waits to be. */
export const POINTERS = ['latest', 'candidate'] as const;
export type PointerName = (typeof POINTERS)[number];

export type ModelKey =
  | { readonly kind: 'pointer'; readonly name: string; readonly pointer: PointerName }
  | {
      readonly kind: 'run';
      readonly name: string;
      /** The name of the run's folder. */
      readonly id: string;
      readonly file: string;
    };

/** What a folder below `runs/` is called; no other is a run. */
export const RUN_ID = /(?:[0-9a-f]{12}|unread)-[0-9a-f]{12}/;

const IN_RUN = new RegExp(`^models/(.+?)/runs/(${RUN_ID.source})/(.+)$`);
const POINTER = new RegExp(`^models/(.+)/(${POINTERS.join('|')})\\.json$`);

/** `undefined`: of nothing that is known. */
export function readModelKey(key: string): ModelKey | undefined {
  const [, ofRun, id, file] = IN_RUN.exec(key) ?? [];
  if (ofRun !== undefined && id !== undefined && file !== undefined)
    return { kind: 'run', name: ofRun, id, file };
  const [, name, written] = POINTER.exec(key) ?? [];
  const pointer = POINTERS.find((one) => one === written);
  return name !== undefined && pointer ? { kind: 'pointer', name, pointer } : undefined;
}
