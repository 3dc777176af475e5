/** Signs beside words: drawn, because fonts differ in what they have. */

import type { Gate, Verdict } from '../schema.ts';
import { html, type SafeHtml } from './html.ts';

/** Paths in a box of 24 by 24. */
const PATHS = {
  check: 'M4.5 12.5 L9.5 17.5 L19.5 6.5',
  cross: 'M6 6 L18 18 M18 6 L6 18',
  question: 'M8.5 8.8 a3.6 3.6 0 1 1 5.3 3.2 c-1.2 .7 -1.8 1.3 -1.8 2.6 M12 18.4 v.2',
  bang: 'M12 4.5 v9.5 M12 18.6 v.2',
  dash: 'M6 12 H18',
} as const;
type IconName = keyof typeof PATHS;

const VERDICT_ICON_NAMES: Readonly<Record<Verdict, IconName>> = {
  ok: 'check',
  regressed: 'cross',
  inconclusive: 'question',
  failed: 'bang',
};

const RESULT_ICON_NAMES: Readonly<Record<Gate['result'], IconName>> = {
  kept: 'check',
  broken: 'cross',
  inconclusive: 'question',
  'not-measured': 'dash',
};

/** Of a verdict; says nothing to a screen reader, because the word stands beside it. */
export function verdictIcon(verdict: Verdict): SafeHtml {
  return icon(VERDICT_ICON_NAMES[verdict], `v-${verdict}`);
}

/** Of a gate's result. */
export function resultIcon(result: Gate['result']): SafeHtml {
  const colour = {
    kept: 'v-ok',
    broken: 'v-regressed',
    inconclusive: 'v-inconclusive',
    'not-measured': 'soft',
  };
  return icon(RESULT_ICON_NAMES[result], colour[result]);
}

function icon(name: IconName, className: string): SafeHtml {
  return html`<svg class="icon ${className}" viewBox="0 0 24 24" aria-hidden="true"><path d="${PATHS[name]}"/></svg>`;
}
