/** What drawings of the page have in common: room for texts around them, and the levels of the scale on their left. */
import { html, type SafeHtml } from './html.ts';

/** Pixels: the whole, and what is left free on each side. */
export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** A coordinate to a tenth of a pixel. */
export const tenth = (value: number): number => Math.round(value * 10) / 10;

/** A line across and a text on the left for each tick. */
export const levels = (
  ticks: readonly number[],
  y: (tick: number) => number,
  { width, left, right }: Frame,
  text: (tick: number) => string,
): SafeHtml[] =>
  ticks.map(
    (tick) =>
      html`<line class="grid" x1="${left}" x2="${width - right}" y1="${tenth(y(tick))}" y2="${tenth(y(tick))}"/><text x="${left - 8}" y="${tenth(y(tick) + 4)}" text-anchor="end">${text(tick)}</text>`,
  );
