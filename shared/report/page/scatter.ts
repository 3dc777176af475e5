/** Accuracy against latency, a symbol a variant: the trade-off at a glance. */

import {
  symbol,
  symbolCircle,
  symbolCross,
  symbolDiamond,
  symbolSquare,
  symbolStar,
  symbolTriangle,
  symbolWye,
} from 'd3-shape';
import { recommendedRow } from '../headline.ts';
import { formatScore, metricKind } from '../metric-kind.ts';
import { formatMs } from '../numbers.ts';
import { accuracyFact, latencyFact, rowLabel, type Tone } from '../row-facts.ts';
import type { Accuracy, Latency, ModelReport, VariantRow } from '../schema.ts';
import { shownName } from '../visible-text.ts';
import { type Frame, levels, tenth } from './frame.ts';
import { type HtmlValue, html, type SafeHtml } from './html.ts';
import { placeLabels } from './place-labels.ts';
import {
  scoreInterval,
  scoreScale,
  scoreTickText,
  timeInterval,
  timeScale,
  timeTicks,
  timeTickText,
} from './scatter-scales.ts';

/** Shape tells variants apart where colour does not. The star is none of them: it is the recommended one's. */
const SYMBOLS = [symbolCircle, symbolSquare, symbolDiamond, symbolTriangle, symbolCross, symbolWye];
/** More labels than this say nothing: only the recommended, the base and the extremes keep theirs. */
const MOST_LABELS = 14;

interface Mark {
  readonly label: string;
  readonly latency: Latency;
  readonly accuracy: Accuracy;
  readonly tone: Tone;
  readonly isRecommended: boolean;
  readonly shape: number;
}

const WIDE: Frame = { width: 1000, height: 400, left: 68, right: 28, top: 18, bottom: 52 };
const NARROW: Frame = { width: 360, height: 340, left: 56, right: 16, top: 14, bottom: 50 };

/** Nothing where fewer than two variants have both numbers. Two drawings, one for each width of screen. */
export function scatterSection(model: ModelReport): HtmlValue {
  const marks = makeMarks(model);
  const first = marks[0];
  if (first === undefined || marks.length < 2) return undefined;
  const { label, higherIsBetter } = metricKind(first.accuracy);
  const name = shownName(label, 40);
  const star = marks.some(({ isRecommended }) => isRecommended) ? ' ★ is the recommended one.' : '';
  const corner = higherIsBetter ? 'upper left' : 'lower left';
  const described = marks
    .map(
      (mark) =>
        `${mark.label}${mark.isRecommended ? ' (recommended)' : ''}: ${formatMs(mark.latency.ms)}, ${formatScore(mark.accuracy, mark.accuracy.value)}`,
    )
    .join('; ');
  return html`<section class="part"><h3>Accuracy and latency</h3><p class="soft small">The best corner is the ${corner}: fast and right. Lines are 95% intervals.${star}</p><figure class="card figure" role="img" aria-label="Scatter plot of ${name} against latency. ${described}">${plot(marks, name, WIDE, 'wide')}${plot(marks, name, NARROW, 'narrow')}</figure></section>`;
}

function makeMarks(model: ModelReport): Mark[] {
  const recommended = recommendedRow(model);
  return model.variants.flatMap((row: VariantRow, index): Mark[] => {
    const { latency, accuracy } = row;
    if (latency === undefined || accuracy === undefined || latency.ms <= 0) return [];
    // `auto` repeats the row it chose: one symbol is enough.
    const isRepeated = model.variants
      .slice(0, index)
      .some(
        (other) => other.artifact !== undefined && other.artifact.sha256 === row.artifact?.sha256,
      );
    if (isRepeated) return [];
    const isRecommended =
      recommended !== undefined &&
      (row === recommended ||
        (row.artifact !== undefined && row.artifact.sha256 === recommended.artifact?.sha256));
    const tones: readonly Tone[] = [
      latencyFact(latency)?.tone ?? 'none',
      accuracyFact(accuracy)?.tone ?? 'none',
    ];
    const tone = tones.includes('bad')
      ? 'bad'
      : tones.includes('good')
        ? 'good'
        : (tones[1] ?? 'none');
    return [
      {
        label: shownName(rowLabel(row, model.variants), 28),
        latency,
        accuracy,
        tone,
        isRecommended,
        shape: index % SYMBOLS.length,
      },
    ];
  });
}

function plot(marks: readonly Mark[], metric: string, frame: Frame, className: string): SafeHtml {
  const { width, height, left, right, top, bottom } = frame;
  const x = timeScale(
    marks.map((mark) => mark.latency),
    left,
    width - right,
  );
  const y = scoreScale(
    marks.map((mark) => mark.accuracy),
    height - bottom,
    top,
  );
  const ticks = timeTicks(x, width < 500 ? 4 : 8);
  const points = marks.map((mark) => ({
    x: x(mark.latency.ms),
    y: y(mark.accuracy.value),
    text: mark.label,
  }));
  const labels = placeLabels(
    points,
    { left, right: width - 4, top: 2, bottom: height - bottom },
    wanted(marks),
  );
  const sample = marks[0]?.accuracy;
  return html`<svg class="plot ${className}" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" aria-hidden="true">${levels(
    y.ticks(5),
    y,
    frame,
    (tick) => (sample === undefined ? String(tick) : scoreTickText(sample, tick, y.ticks(5))),
  )}${ticks.map(
    (tick) =>
      html`<line class="grid" x1="${tenth(x(tick))}" x2="${tenth(x(tick))}" y1="${top}" y2="${height - bottom}"/><text x="${tenth(x(tick))}" y="${height - bottom + 20}" text-anchor="middle">${timeTickText(tick)}</text>`,
  )}<line class="axis" x1="${left}" x2="${width - right}" y1="${height - bottom}" y2="${height - bottom}"/><text x="${width - right}" y="${height - 8}" text-anchor="end">latency → slower</text><text x="${left}" y="${height - 8}">↑ ${metric}</text>${marks.map((mark) => errorBars(mark, x, y))}${marks.map((mark) => markSymbol(mark, x, y))}${labels.map(
    (label) =>
      html`<text class="label" x="${tenth(label.x)}" y="${tenth(label.y)}" text-anchor="${label.anchor}">${label.text}</text>`,
  )}</svg>`;
}

type Scale = (value: number) => number;

function errorBars({ latency, accuracy }: Mark, x: Scale, y: Scale): HtmlValue {
  const across = timeInterval(latency);
  const up = scoreInterval(accuracy);
  const [px, py] = [tenth(x(latency.ms)), tenth(y(accuracy.value))];
  return [
    across &&
      html`<line class="err" x1="${tenth(x(across.low))}" x2="${tenth(x(across.high))}" y1="${py}" y2="${py}"/>`,
    up &&
      html`<line class="err" x1="${px}" x2="${px}" y1="${tenth(y(up.low))}" y2="${tenth(y(up.high))}"/>`,
  ];
}

function markSymbol(mark: Mark, x: Scale, y: Scale): SafeHtml {
  const shape = mark.isRecommended ? symbolStar : (SYMBOLS[mark.shape] ?? symbolCircle);
  const path = symbol(shape, mark.isRecommended ? 190 : 110)() ?? '';
  return html`<g class="${`t-${mark.tone}`}" transform="translate(${tenth(x(mark.latency.ms))},${tenth(y(mark.accuracy.value))})"><path class="sym" d="${path}"/></g>`;
}

/** Every label where few are, else those that a reader looks for: the ends and the recommended one. */
function wanted(marks: readonly Mark[]): ReadonlySet<number> {
  const all = marks.map((mark, index) => ({ mark, index }));
  if (marks.length <= MOST_LABELS) return new Set(all.map(({ index }) => index));
  const times = all.toSorted((a, b) => a.mark.latency.ms - b.mark.latency.ms);
  const scores = all.toSorted((a, b) => a.mark.accuracy.value - b.mark.accuracy.value);
  const leading = all.filter(({ mark }) => mark.isRecommended);
  const chosen = [...all.slice(0, 1), ...leading, ...times.slice(0, 3), ...times.slice(-1)];
  return new Set([...chosen, ...scores.slice(0, 1), ...scores.slice(-2)].map(({ index }) => index));
}
