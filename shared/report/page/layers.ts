/** What was kept in a higher precision, and how much harm each layer does when it is quantized. */

import { usableRow } from '../headline.ts';
import { formatCount, formatMs, formatNumber } from '../numbers.ts';
import { rowLabel } from '../row-facts.ts';
import type { KeptNode, ModelReport, Sensitivity, VariantRow } from '../schema.ts';
import { shownName } from '../visible-text.ts';
import { barChart } from './bars.ts';
import { type HtmlValue, html, type SafeHtml } from './html.ts';

/** Layers that are shown at once; the rest is folded away. */
const FIRST_LAYERS = 12;
/** Layers that are shown at all: below these the damage is nothing anyone acts on. */
const MOST_LAYERS = 200;

/** Of the usable variant where it has something to say, else of the first that has. */
export function layersSection(model: ModelReport): HtmlValue {
  const hasLayers = (row: VariantRow | undefined): boolean =>
    (row?.keptInFloat?.length ?? 0) > 0 || row?.sensitivity !== undefined;
  const usable = usableRow(model);
  const row = hasLayers(usable) ? usable : model.variants.find(hasLayers);
  if (row === undefined) return undefined;
  const name = shownName(rowLabel(row, model.variants), 60);
  return html`<section class="part"><h3>Layer by layer: <span class="name">${name}</span></h3><p class="soft small">${intro(row)}</p><div class="card">${
    row.sensitivity !== undefined && sensitivityChart(row.sensitivity)
  }${keptTable(row.keptInFloat ?? [])}${notFused(row)}</div></section>`;
}

function intro({ keptInFloat = [], coverage, sensitivity }: VariantRow): string {
  const nodes = Object.entries(coverage?.nodes ?? {})
    .map(([precision, count]) => `${formatCount(count)} in ${shownName(precision, 20)}`)
    .join(', ');
  const kept =
    keptInFloat.length === 0
      ? 'Nothing was kept in a higher precision.'
      : `${formatCount(keptInFloat.length)} ${keptInFloat.length === 1 ? 'node was' : 'nodes were'} kept in a higher precision.`;
  const samples =
    sensitivity?.samples === undefined ? '' : `, on ${formatCount(sensitivity.samples)} samples`;
  const bars =
    sensitivity === undefined
      ? ''
      : ` Bars show the damage when that layer alone is quantized: ${shownName(sensitivity.measure, 120)}${samples}.`;
  return `${kept}${nodes === '' ? '' : ` Nodes run ${nodes}.`}${bars}`;
}

function sensitivityChart({ layers }: Sensitivity): HtmlValue {
  const sorted = layers.toSorted((a, b) => b.damage - a.damage).slice(0, MOST_LAYERS);
  const max = Math.max(...sorted.map((layer) => layer.damage), Number.MIN_VALUE);
  const line = (layer: Sensitivity['layers'][number]): SafeHtml =>
    html`<div class="who"><span class="name">${shownName(layer.node, 90)}</span> <span class="op">${shownName(layer.op, 30)}</span>${
      layer.kept === true && html` <span class="kept">kept</span>`
    }</div>${barChart({ value: layer.damage, tone: layer.kept === true ? 'good' : 'same' }, max)}<div class="num">${formatNumber(layer.damage)}</div>`;
  const first = sorted.slice(0, FIRST_LAYERS);
  const rest = sorted.slice(FIRST_LAYERS);
  const hidden = layers.length - sorted.length;
  return [
    html`<div class="layers">${first.map(line)}</div>`,
    rest.length > 0 &&
      html`<details><summary>${formatCount(rest.length)} more layers</summary><div class="layers">${rest.map(line)}</div>${
        hidden > 0 &&
        html`<p class="in soft small">${formatCount(hidden)} layers with less damage are in report.json.</p>`
      }</details>`,
  ];
}

function keptTable(kept: readonly KeptNode[]): HtmlValue {
  if (kept.length === 0) return undefined;
  return html`<details open><summary>Kept in a higher precision</summary><div class="scroll" tabindex="0" role="group" aria-label="Nodes kept in a higher precision"><table class="plain"><thead><tr><th scope="col">Node</th><th scope="col">Op</th><th scope="col">Precision</th><th scope="col">Why</th><th scope="col" class="num">Damage</th></tr></thead><tbody>${kept
    .slice(0, MOST_LAYERS)
    .map(
      (node) =>
        html`<tr><td class="name">${shownName(node.node, 90)}</td><td>${shownName(node.op, 30)}</td><td>${shownName(node.precision, 30)}</td><td class="wrap">${shownName(node.reason, 200)}</td><td class="num">${node.damage === undefined ? '' : formatNumber(node.damage)}</td></tr>`,
    )}</tbody></table></div></details>`;
}

function notFused({ coverage }: VariantRow): HtmlValue {
  const pairs = coverage?.notFused ?? [];
  if (pairs.length === 0) return undefined;
  return html`<details><summary>${formatCount(pairs.length)} ${pairs.length === 1 ? 'conversion' : 'conversions'} between precisions that the runtime will not fuse</summary><div class="in"><ul class="notes">${pairs
    .slice(0, MOST_LAYERS)
    .map(
      (pair) =>
        html`<li><span class="name">${shownName(pair.node, 90)}</span> (${shownName(pair.op, 30)}): ${shownName(pair.reason, 200)}${pair.estimatedMs !== undefined && `, about ${formatMs(pair.estimatedMs)} of conversions (estimated)`}</li>`,
    )}</ul></div></details>`;
}
