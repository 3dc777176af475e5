/**
 * The small charts inside a table's cells: a bar from zero, or a point on a scale of differences.
 *
 * Positions are percentages of the cell, so that one drawing fits a phone and a desk without a script
 * and without shrinking type. They repeat the numbers beside them and are hidden from readers of the
 * text alone.
 */

import { scaleLinear } from 'd3-scale';
import type { Tone } from '../row-facts.ts';
import { html, type SafeHtml } from './html.ts';

export interface Bar {
  readonly value: number;
  /** An interval of the value, drawn as a whisker. */
  readonly low?: number;
  readonly high?: number;
  /** Drawn as a dashed line: what the value is compared with. */
  readonly base?: number;
  readonly tone: Tone;
}

/** A bar from zero; `max` is the end of the scale, what goes beyond is cut and says so by an arrow. */
export function barChart(bar: Bar, max: number): SafeHtml {
  const x = percentScale(0, max);
  const isCut = bar.value > max;
  return html`<svg class="chart ${`t-${bar.tone}`}" aria-hidden="true" width="100%" height="16"><rect class="track" x="0" y="4" width="100%" height="8" rx="4"/><rect class="mark" x="0" y="4" width="${x(bar.value)}" height="8" rx="4"/>${
    isCut && html`<svg x="100%" y="8" class="cut"><path d="M-7,-4 L-2,0 L-7,4"/></svg>`
  }${!isCut && whisker(bar, x)}${
    bar.base !== undefined &&
    html`<line class="base" x1="${x(bar.base)}" x2="${x(bar.base)}" y1="0" y2="16"/>`
  }</svg>`;
}

export interface Point {
  readonly value: number;
  readonly low?: number;
  readonly high?: number;
  readonly tone: Tone;
}

/** A difference on a scale from −reach to +reach around zero; `same` is half the width of the zone of no change. */
export function pointChart(point: Point, reach: number, same: number): SafeHtml {
  const x = percentScale(-reach, reach);
  const zone = scaleLinear()
    .domain([0, 2 * reach])
    .range([0, 100])
    .clamp(true);
  const isCut = Math.abs(point.value) > reach;
  const arrow = point.value < 0 ? 'M7,-4 L2,0 L7,4' : 'M-7,-4 L-2,0 L-7,4';
  return html`<svg class="chart ${`t-${point.tone}`}" aria-hidden="true" width="100%" height="16"><rect class="track" x="0" y="4" width="100%" height="8" rx="4"/><rect class="zone" x="${x(-same)}" y="2" width="${`${round(zone(2 * same))}%`}" height="12"/><line class="base" x1="50%" x2="50%" y1="0" y2="16"/>${!isCut && whisker(point, x)}${
    isCut
      ? html`<svg x="${x(point.value)}" y="8" class="cut"><path d="${arrow}"/></svg>`
      : html`<circle class="dot" cx="${x(point.value)}" cy="8" r="4.5"/>`
  }</svg>`;
}

function whisker(
  { low, high }: Pick<Bar, 'low' | 'high'>,
  x: (value: number) => string,
): SafeHtml | undefined {
  if (low === undefined || high === undefined) return undefined;
  return html`<line class="whisker" x1="${x(low)}" x2="${x(high)}" y1="8" y2="8"/><line class="whisker" x1="${x(low)}" x2="${x(low)}" y1="5" y2="11"/><line class="whisker" x1="${x(high)}" x2="${x(high)}" y1="5" y2="11"/>`;
}

/** A value's place as a percentage of the width, kept on the scale. */
function percentScale(from: number, to: number): (value: number) => string {
  const scale = scaleLinear().domain([from, to]).range([0, 100]).clamp(true);
  return (value) => `${round(scale(value))}%`;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
