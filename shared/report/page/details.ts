/** What stands behind the numbers: the search, data, inputs and outputs, files, machine, notes. */

import { machineText } from '../machine-text.ts';
import { metricKind } from '../metric-kind.ts';
import {
  formatBytes,
  formatChange,
  formatCount,
  formatDuration,
  formatMs,
  formatNearOne,
  formatNumber,
  formatPoints,
} from '../numbers.ts';
import { rowLabel } from '../row-facts.ts';
import type { Candidate, Fidelity, ModelIo, ModelReport, Report, VariantRow } from '../schema.ts';
import { shownName } from '../visible-text.ts';
import { type HtmlValue, html, type SafeHtml } from './html.ts';

/** Folded, except for what a reader should not miss: notes. */
export function detailsSection(model: ModelReport, report: Report): SafeHtml {
  return html`<section class="part"><h3>Details</h3><div class="card">${[
    notes(model),
    search(model),
    dataAndModel(model),
    measurements(model),
    files(model),
    machine(report),
  ]}</div></section>`;
}

function notes(model: ModelReport): HtmlValue {
  const rows = model.variants.flatMap((row) => {
    const needed = row.accuracy?.neededSamples;
    const own =
      needed === undefined
        ? row.notes
        : [`about ${formatCount(needed)} samples would decide the accuracy`, ...row.notes];
    return own.map((note) => ({ name: rowLabel(row, model.variants), note }));
  });
  const all = [
    ...rows.map(
      ({ name, note }) =>
        html`<li><span class="name">${shownName(name, 60)}</span>: ${clip(note)}</li>`,
    ),
    ...[...(model.data.notes ?? []), ...(model.notes ?? [])].map(
      (note) => html`<li>${clip(note)}</li>`,
    ),
  ];
  if (all.length === 0) return undefined;
  return html`<details open><summary>Notes</summary><div class="in"><ul class="notes">${all}</ul></div></details>`;
}

function search({ auto, variants }: ModelReport): HtmlValue {
  if (auto === undefined) return undefined;
  const accuracy = variants.find((row) => row.accuracy !== undefined)?.accuracy;
  const isFraction = accuracy === undefined || metricKind(accuracy).fraction;
  const line = (candidate: Candidate): SafeHtml => {
    const { accuracyDifference: difference, latencyRatio, bytes, reason } = candidate;
    const change =
      difference === undefined
        ? ''
        : isFraction
          ? formatPoints(difference)
          : formatNumber(difference);
    const fate =
      candidate.chosen === true ? 'chosen' : (reason ?? (candidate.onFront ? 'on the front' : ''));
    return html`<tr><td><span class="name">${shownName(candidate.name, 40)}</span>${candidate.description !== undefined && html` <span class="soft wrap">${shownName(candidate.description, 80)}</span>`}</td><td class="num">${bytes === undefined ? '' : formatBytes(bytes)}</td><td class="num">${latencyRatio === undefined ? '' : formatChange(latencyRatio)}</td><td class="num">${change}</td><td>${candidate.onFront ? 'yes' : 'no'}</td><td class="wrap">${shownName(fate, 120)}</td></tr>`;
  };
  return html`<details><summary>What auto tried: ${formatCount(auto.candidates.length)} ${auto.candidates.length === 1 ? 'candidate' : 'candidates'}${auto.seconds === undefined ? '' : `, ${formatDuration(auto.seconds)} to make more and score all`}</summary><div class="in"><p>${clip(auto.reason)}</p></div><div class="scroll" tabindex="0" role="group" aria-label="Candidates of auto"><table class="plain"><thead><tr>${[
    ['Candidate', ''],
    ['Size', 'num'],
    ['Latency', 'num'],
    ['Accuracy', 'num'],
    ['On the front', ''],
    ['Outcome', ''],
  ].map(
    ([title, className]) => html`<th scope="col" class="${className}">${title}</th>`,
  )}</tr></thead><tbody>${auto.candidates.map(line)}</tbody></table></div><div class="in"><p class="soft small">Measured on the selection samples only; the front holds what nothing else beats in size, speed and accuracy at once. The time is that of making candidates beyond the variants asked for, and of running all on the selection samples; latencies are taken with the others’ and not in it.</p></div></details>`;
}

function dataAndModel(model: ModelReport): SafeHtml {
  const { data, source } = model;
  const parts = (['training', 'calibration', 'selection', 'evaluation'] as const).flatMap(
    (part) => {
      const count = data[part];
      return count === undefined ? [] : [`${formatCount(count)} ${part}`];
    },
  );
  const samples = parts.length === 0 ? 'none' : parts.join(', ');
  const origin = data.synthetic ? ', synthetic: drawn from the declared or inferred range' : '';
  return html`<details><summary>Data and model</summary><div class="in"><dl class="facts">${[
    fact('Samples', `${samples}${origin}`),
    fact(
      'Source',
      `${source.path}${source.bytes === undefined ? '' : `, ${formatBytes(source.bytes)}`}`,
    ),
    source.sha256 !== undefined && digestFact('Digest', source.sha256),
    fact('Conversion', source.verified),
    model.opset !== undefined && fact('Opset', String(model.opset)),
    model.seed !== undefined && fact('Seed', String(model.seed)),
    ...(model.inputs ?? []).map((io) => fact('Input', ioText(io))),
    ...(model.outputs ?? []).map((io) => fact('Output', ioText(io))),
    model.seconds !== undefined && fact('Took', formatDuration(model.seconds)),
  ]}</dl></div></details>`;
}

/** The numbers that have no place in the table above. */
function measurements({ variants }: ModelReport): HtmlValue {
  const measured = variants.filter(
    (row) => row.latency !== undefined || row.fidelity !== undefined || row.memory !== undefined,
  );
  if (measured.length === 0) return undefined;
  const cell = (value: number | undefined, format: (value: number) => string): SafeHtml =>
    html`<td class="num">${value === undefined ? '' : format(value)}</td>`;
  const line = (row: VariantRow): SafeHtml =>
    html`<tr><th scope="row" class="name">${shownName(rowLabel(row, variants), 60)}</th>${[
      cell(row.latency?.p90Ms, formatMs),
      cell(row.latency?.p99Ms, formatMs),
      cell(row.latency?.loadMs, formatMs),
      cell(row.memory?.peakBytes, formatBytes),
      cell(row.fidelity?.cosine, formatNearOne),
      cell(row.fidelity?.maxAbsError, formatNumber),
      cell(row.fidelity?.agreement, formatNearOne),
      cell(row.fidelity?.sqnrDb, (decibels) => `${decibels.toFixed(1)} dB`),
    ]}</tr>`;
  const titles = [
    '90%',
    '99%',
    'Load',
    'Peak memory',
    'Cosine',
    'Largest error',
    'Agreement',
    'Signal/noise',
  ];
  return html`<details><summary>More measurements</summary><div class="scroll" tabindex="0" role="group" aria-label="More measurements"><table class="plain"><thead><tr><th scope="col">Variant</th>${titles.map((title) => html`<th scope="col" class="num">${title}</th>`)}</tr></thead><tbody>${measured.map(line)}</tbody></table></div><div class="in"><p class="soft small">${measuredHow(measured)}</p></div></details>`;
}

function measuredHow(rows: readonly VariantRow[]): string {
  const latency = rows.find((row) => row.latency !== undefined)?.latency;
  const fidelity: Fidelity | undefined = rows.find((row) => row.fidelity !== undefined)?.fidelity;
  const shapes = Object.entries(latency?.shapes ?? {}).map(
    ([name, shape]) => `${shownName(name, 40)} [${shape.join(', ')}]`,
  );
  return [
    latency === undefined
      ? ''
      : `Latency: ${formatCount(latency.sessions)} pairs of fresh sessions in turns, ${shapes.join('; ')}.`,
    fidelity === undefined
      ? ''
      : `Fidelity: against the source model${fidelity.samples === undefined ? '' : `, ${formatCount(fidelity.samples)} samples`}${fidelity.synthetic === true ? ', synthetic' : ''}.`,
  ].join(' ');
}

function files({ variants }: ModelReport): HtmlValue {
  const made = variants.flatMap(({ artifact }) => (artifact === undefined ? [] : [artifact]));
  if (made.length === 0) return undefined;
  return html`<details><summary>Files and digests</summary><div class="in"><dl class="facts">${made.map(
    (artifact) =>
      html`<dt class="name">${shownName(artifact.path, 120)}</dt><dd>${formatBytes(artifact.bytes)}, <code class="soft">${shownName(artifact.sha256, 80)}</code></dd>`,
  )}</dl></div></details>`;
}

function machine(report: Report): SafeHtml {
  const { machine, tool, protocol, startedAt } = report;
  const { features, memoryBytes, os } = machine;
  return html`<details><summary>Machine and tools</summary><div class="in"><dl class="facts">${[
    fact('Processor', machineText(report)),
    features.length > 0 && fact('Features', features.join(', ')),
    memoryBytes !== undefined && fact('Memory', formatBytes(memoryBytes)),
    os !== undefined && fact('System', os),
    fact('Tools', `${tool.name} ${tool.version}, ${tool.runtime}`),
    fact('Started', startedAt),
    protocol !== undefined && fact('Protocol', protocol),
  ]}</dl></div></details>`;
}

function fact(title: string, text: string): SafeHtml {
  return html`<dt>${title}</dt><dd>${clip(text)}</dd>`;
}

function digestFact(title: string, digest: string): SafeHtml {
  return html`<dt>${title}</dt><dd><code>${shownName(digest, 80)}</code></dd>`;
}

function ioText({ name, type, shape, preparation }: ModelIo): string {
  return `${shownName(name, 80)}: ${type} [${shape.join(', ')}]${preparation === undefined ? '' : `, ${preparation}`}`;
}

function clip(text: string): string {
  return shownName(text, 600);
}
