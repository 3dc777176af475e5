/** Looks that open no model: for the job that may write to a pull request of a fork. */

import { baseOf, folderOf } from '../../shared/pipeline/distributed/object-key.ts';
import type { Looks } from '../changes/find-changes.ts';
import { isUnread } from './looks.ts';
import type { Stage } from './stage.ts';

/** What names tell; the job that measured knows which of these are models. */
export function looksByName(stage: Pick<Stage, 'text' | 'resolve'>): Looks {
  return {
    text: (file) => stage.text(file),
    resolve: (file) => stage.resolve(file),
    inside: async ({ candidate: { kind, entry }, drop }) => {
      const folder = folderOf(entry.key);
      const isOwn = (key: string): boolean =>
        key !== entry.key && key.startsWith(kind === 'file' ? entry.key : folder);
      const beside = [...drop.below.values()].filter(({ key }) => isOwn(key));
      return { kind: 'ready', files: [entry, ...beside] };
    },
    detect: async ({ candidate: { entry } }) => ({
      title: `a file called ${baseOf(entry.key)}`,
      isReadable: !isUnread(entry.key),
    }),
  };
}
