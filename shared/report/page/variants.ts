/** The table of variants: every number, and beside it the bar or point that shows it. */

import { recommendedRow } from '../headline.ts';
import { metricKind } from '../metric-kind.ts';
import { formatCount } from '../numbers.ts';
import {
  accuracyFact,
  bareInterval,
  type Fact,
  fidelityFact,
  fidelityTitle,
  latencyFact,
  rowLabel,
  sizeFact,
} from '../row-facts.ts';
import type { ModelReport, VariantRow } from '../schema.ts';
import { shownName } from '../visible-text.ts';
import { barChart, pointChart } from './bars.ts';
import { type HtmlValue, html, type SafeHtml } from './html.ts';
import { verdictIcon } from './icons.ts';

/** A bar beyond this many times its base would make all others unreadable: it is cut. */
const LONGEST_BAR = 2.5;
/** Half the width of the zone of no change, and the least and greatest reach of the scale, in fractions. */
const SAME = 0.005;
const REACH = { least: 0.01, greatest: 0.1 };

interface Scales {
  readonly bytes: number;
  readonly ms: number;
  readonly reach: number;
}

/** The section, with its table; rows that could not be made say why. */
export function variantsSection(model: ModelReport): HtmlValue {
  if (model.variants.length === 0) return undefined;
  const scales = makeScales(model.variants);
  const titles = columnTitles(model);
  return html`<section class="part"><h3>Variants</h3><p class="soft small">${legend(model)}</p><div class="card"><table class="rows" role="table"><thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Variant</th>${titles.map(
    (title) => html`<th role="columnheader" scope="col">${title}</th>`,
  )}</tr></thead><tbody role="rowgroup">${model.variants.map((row) => tableRow(row, model, titles, scales))}</tbody></table></div></section>`;
}

function tableRow(
  row: VariantRow,
  model: ModelReport,
  titles: readonly string[],
  scales: Scales,
): SafeHtml {
  const isRecommended = row === recommendedRow(model);
  const cells =
    row.status === 'done' ? doneCells(row, model, titles, scales) : undoneCells(row, titles.length);
  return html`<tr role="row" class="${isRecommended ? 'lead-row' : ''}"><th role="rowheader" scope="row"><span class="name">${shownName(rowLabel(row, model.variants), 120)}</span>${
    row.description !== undefined && html`<div class="about wrap">${clip(row.description)}</div>`
  }${chips(row, model, isRecommended)}</th>${cells}</tr>`;
}

function chips(row: VariantRow, model: ModelReport, isRecommended: boolean): HtmlValue {
  const isGating = model.gates?.some((gate) => gate.variant === row.name) === true;
  const verdict =
    (row.verdict !== 'ok' || isGating) && row.status === 'done' ? row.verdict : undefined;
  if (!isRecommended && verdict === undefined) return undefined;
  return html`<div class="chips">${isRecommended && html`<span class="chip solid">recommended</span>`}${
    verdict !== undefined &&
    html`<span class="chip ${`v-${verdict}`}">${verdictIcon(verdict)}${verdict}</span>`
  }</div>`;
}

function doneCells(
  row: VariantRow,
  model: ModelReport,
  titles: readonly string[],
  scales: Scales,
): HtmlValue {
  const { size, latency, accuracy } = row;
  const hasAccuracy = model.variants.some((other) => other.accuracy !== undefined);
  const cells = [
    metricCell(sizeFact(size), titles[0], () =>
      barChart(
        {
          value: size?.bytes ?? 0,
          ...(size?.base === undefined ? {} : { base: size.base }),
          tone: sizeFact(size)?.tone ?? 'none',
        },
        scales.bytes,
      ),
    ),
    metricCell(latencyFact(latency), titles[1], () => latencyChart(row, scales)),
    hasAccuracy
      ? metricCell(accuracyFact(accuracy), titles[2], () => accuracyChart(row, scales))
      : metricCell(fidelityFact(row.fidelity), titles[2], () => undefined),
  ];
  return cells.slice(0, titles.length);
}

function undoneCells(row: VariantRow, columns: number): SafeHtml {
  return html`<td role="cell" colspan="${columns}"><span class="chip ${row.status === 'failed' ? 'v-failed' : ''}">${row.status}</span> <span class="soft wrap">${clip(row.reason ?? 'no reason was given', 600)}</span></td>`;
}

function metricCell(
  fact: Fact | undefined,
  title: string | undefined,
  chart: () => SafeHtml | undefined,
): SafeHtml {
  if (fact === undefined)
    return html`<td role="cell" class="metric empty"><span class="none">not measured</span></td>`;
  const interval = bareInterval(fact.interval);
  return html`<td role="cell" class="metric"><div class="pair" data-label="${short(title)}"><b>${fact.value}</b><span class="say ${`t-${fact.tone}`}">${fact.word}</span></div>${chart()}${
    fact.change !== undefined &&
    html`<div class="sub"><span>${fact.change}</span>${interval !== '' && html`<span>${interval}</span>`}</div>`
  }</td>`;
}

/** `Latency` of `Latency, 1 thread`: what a phone shows beside the number. */
function short(title: string | undefined): string {
  return title?.split(',')[0] ?? '';
}

function latencyChart({ latency }: VariantRow, scales: Scales): SafeHtml | undefined {
  if (latency === undefined) return undefined;
  const { ms, baseMs, low, high, msLow, msHigh } = latency;
  const scaled = baseMs !== undefined && low !== undefined && high !== undefined;
  const interval = scaled
    ? { low: baseMs * low, high: baseMs * high }
    : msLow !== undefined && msHigh !== undefined
      ? { low: msLow, high: msHigh }
      : {};
  const base = baseMs === undefined ? {} : { base: baseMs };
  return barChart(
    { value: ms, ...interval, ...base, tone: latencyFact(latency)?.tone ?? 'none' },
    scales.ms,
  );
}

function accuracyChart({ accuracy }: VariantRow, scales: Scales): SafeHtml | undefined {
  if (accuracy?.difference === undefined) return undefined;
  const { difference, low, high } = accuracy;
  const interval = low === undefined || high === undefined ? {} : { low, high };
  const point = { value: difference, ...interval, tone: accuracyFact(accuracy)?.tone ?? 'none' };
  return pointChart(point, scales.reach, sameMargin(accuracy));
}

/** Half a point, or one percent of the base for an error. */
function sameMargin(accuracy: NonNullable<VariantRow['accuracy']>): number {
  const { higherIsBetter } = metricKind(accuracy);
  return higherIsBetter ? SAME : 0.01 * Math.abs(accuracy.base ?? 0);
}

function makeScales(rows: readonly VariantRow[]): Scales {
  const bases = rows.map((row) => row.latency?.baseMs ?? row.latency?.ms ?? 0);
  const times = rows.map((row) =>
    Math.max(row.latency?.ms ?? 0, (row.latency?.baseMs ?? 0) * (row.latency?.high ?? 0)),
  );
  const cap = LONGEST_BAR * Math.max(...bases.filter((ms) => ms > 0), 0);
  const reaches = rows
    .flatMap(({ accuracy }) => [accuracy?.difference, accuracy?.low, accuracy?.high])
    .flatMap((bound) => (bound === undefined || !Number.isFinite(bound) ? [] : [Math.abs(bound)]));
  const margin = Math.max(
    0,
    ...rows.flatMap(({ accuracy }) => (accuracy === undefined ? [] : [sameMargin(accuracy)])),
  );
  // A scale in the metric's own unit: for fractions one to ten points, for errors in their base's size.
  const unit = margin / SAME;
  const reach = Math.min(REACH.greatest * unit, Math.max(REACH.least * unit, ...reaches));
  return {
    bytes: Math.max(1, ...rows.map((row) => Math.max(row.size?.bytes ?? 0, row.size?.base ?? 0))),
    ms: Math.min(cap, Math.max(...times, 0)) || 1,
    reach: reach || 1,
  };
}

function columnTitles(model: ModelReport): readonly string[] {
  const latency = model.variants.find((row) => row.latency !== undefined)?.latency;
  const accuracy = model.variants.find((row) => row.accuracy !== undefined)?.accuracy;
  const threads = latency?.threads === 1 ? '1 thread' : `${latency?.threads ?? 0} threads`;
  const last =
    accuracy === undefined
      ? `Fidelity, smallest ${fidelityTitle(model.variants) ?? 'cosine'}`
      : `Accuracy, ${shownName(metricKind(accuracy).label, 40)}, ${formatCount(accuracy.samples)} samples`;
  return ['Size', latency === undefined ? 'Latency' : `Latency, ${threads}`, last];
}

function legend(model: ModelReport): string {
  const parts = ['Dashed lines mark the base'];
  if (model.variants.some((row) => row.latency?.low !== undefined)) {
    parts.push('whiskers and brackets are 95% intervals');
  }
  if (model.variants.some((row) => row.accuracy?.difference !== undefined)) {
    parts.push('the grey zone is what counts as the same accuracy');
  }
  return `${parts.join('; ')}.`;
}

function clip(text: string, max = 300): string {
  return shownName(text, max);
}
