/** How losses went while variants were trained: a curve a variant, and what each stage did. */

import { scaleLinear } from 'd3-scale';
import { line } from 'd3-shape';
import { formatScore, metricKind } from '../metric-kind.ts';
import { formatCount, formatNumber } from '../numbers.ts';
import type { ModelReport, TrainedState, Training, VariantRow } from '../schema.ts';
import { describeTraining, stateTitle } from '../training-text.ts';
import { shownName } from '../visible-text.ts';
import { type Frame, levels, tenth } from './frame.ts';
import { type HtmlValue, html, type SafeHtml } from './html.ts';

/** Rows of one variant for several targets were trained once. */
const MOST_CURVES = 24;

/** So many times the middle of all values is the top of the scale at most. */
const CUT_ABOVE = 8;

const WIDE: Frame = { width: 1000, height: 300, left: 68, right: 28, top: 18, bottom: 48 };
const NARROW: Frame = { width: 360, height: 260, left: 66, right: 16, top: 14, bottom: 46 };

interface Trained {
  readonly label: string;
  readonly training: Training;
}

/** Nothing where no variant was trained. */
export function trainingSection(model: ModelReport): HtmlValue {
  const all = trainings(model);
  if (all.length === 0) return undefined;
  return html`<section class="part"><h3>Training</h3><p class="soft small">The loss after each epoch, on the samples it learned from and on those that choose the best epoch. Neither are those of the numbers above.</p><div class="card">${all
    .slice(0, MOST_CURVES)
    .map(
      ({ label, training }, index) =>
        html`<details${index === 0 && html` open`}><summary><span class="name">${label}</span></summary><div class="in"><p>${shownName(describeTraining(training), 600)}</p></div>${curves(training)}${otherCurves(training)}${stages(training)}</details>`,
    )}</div></section>`;
}

function trainings({ variants }: ModelReport): Trained[] {
  const named = variants.filter(
    ({ name }, index) => !variants.slice(0, index).some((other) => other.name === name),
  );
  return named.flatMap((row: VariantRow) =>
    (row.training ?? []).map((training) => {
      const label = shownName(row.name, 60);
      const part = shownName(training.name, 40);
      return { label: label === part ? label : `${label}: ${part}`, training };
    }),
  );
}

function curves(training: Training): HtmlValue {
  if (training.epochs.length === 0) return undefined;
  const last = training.epochs.at(-1);
  const described = `Loss over ${training.epochs.length} epochs, at the end ${formatNumber(last?.loss ?? 0)}, on validation samples ${formatNumber(last?.validation ?? 0)}`;
  return html`<figure class="figure" role="img" aria-label="${described}">${plot(training, WIDE, 'wide')}${plot(training, NARROW, 'narrow')}</figure>`;
}

/** Of the same student on labels alone: a drawing of its own, since its loss is another one. */
function otherCurves({ withoutTeacher, ...training }: Training): HtmlValue {
  if (withoutTeacher === undefined) return undefined;
  const { loss, epochs } = withoutTeacher;
  return html`<div class="in"><p class="soft small">The same student on labels alone:</p></div>${curves({ ...training, loss, epochs, states: [], best: 0 })}`;
}

interface Series {
  readonly title: string;
  readonly className: string;
  readonly points: readonly (readonly [number, number])[];
}

function seriesOf({ epochs, states }: Training): Series[] {
  const before = states.findLast(({ state }) => state !== 'trained')?.validation;
  const start = (value: number | undefined): readonly (readonly [number, number])[] =>
    value === undefined ? [] : [[0, value]];
  const of = (list: Training['epochs'], key: 'loss' | 'validation') =>
    list.map((one): readonly [number, number] => [one.epoch, one[key]]);
  return [
    { title: 'training', className: 'learned', points: of(epochs, 'loss') },
    {
      title: 'validation',
      className: 'checked',
      points: [...start(epochs[0]?.epoch === 1 ? before : undefined), ...of(epochs, 'validation')],
    },
  ];
}

function plot(training: Training, frame: Frame, className: string): SafeHtml {
  const { width, height, left, right, top, bottom } = frame;
  const series = seriesOf(training);
  const values = series.flatMap(({ points }) => points.map(([, value]) => value));
  const last = Math.max(1, ...series.flatMap(({ points }) => points.map(([epoch]) => epoch)));
  const x = scaleLinear()
    .domain([0, last])
    .range([left, width - right]);
  const y = scaleLinear()
    .domain([Math.min(0, ...values), highest(values)])
    .nice(5)
    .range([height - bottom, top])
    .clamp(true);
  const draw = line<readonly [number, number]>()
    .x(([epoch]) => tenth(x(epoch)))
    .y(([, value]) => tenth(y(value)));
  const ticks = x.ticks(Math.min(last, width < 500 ? 5 : 10)).filter(Number.isInteger);
  const best = training.epochs.find(({ epoch }) => epoch === training.best);
  return html`<svg class="plot ${className}" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" aria-hidden="true">${levels(y.ticks(4), y, frame, formatNumber)}${ticks.map(
    (tick) =>
      html`<text x="${tenth(x(tick))}" y="${height - bottom + 20}" text-anchor="middle">${formatCount(tick)}</text>`,
  )}<line class="axis" x1="${left}" x2="${width - right}" y1="${height - bottom}" y2="${height - bottom}"/><text x="${width - right}" y="${height - 6}" text-anchor="end">epoch →</text><text x="${left}" y="${height - 6}">↑ ${shownName(training.loss, 40)}</text>${series.map(
    ({ points, className: own }) => html`<path class="curve ${own}" d="${draw(points) ?? ''}"/>`,
  )}${
    best &&
    html`<circle class="best" cx="${tenth(x(best.epoch))}" cy="${tenth(y(best.validation))}" r="5"/>`
  }${series.map(
    ({ title, className: own }, index) =>
      html`<line class="curve ${own}" x1="${width - right - 150}" x2="${width - right - 122}" y1="${top + 6 + 18 * index}" y2="${top + 6 + 18 * index}"/><text x="${width - right - 116}" y="${top + 10 + 18 * index}">${title}</text>`,
  )}</svg>`;
}

/** One epoch that went wrong would flatten all others. */
function highest(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
  const most = sorted.at(-1) ?? 1;
  return (middle > 0 ? Math.min(most, CUT_ABOVE * middle) : most) || 1;
}

function stages({ states, loss, metric, validationSamples: samples }: Training): HtmlValue {
  if (states.length === 0) return undefined;
  const scored = metric !== undefined && states.some(({ score }) => score !== undefined);
  const scoreCell = ({ score }: TrainedState): HtmlValue =>
    scored &&
    html`<td class="num">${score === undefined ? '' : formatScore({ metric, samples }, score)}</td>`;
  return html`<div class="scroll" tabindex="0" role="group" aria-label="Stages"><table class="plain"><thead><tr><th scope="col">On ${formatCount(samples)} validation samples</th><th scope="col" class="num">${shownName(loss, 40)}</th>${scored && html`<th scope="col" class="num">${shownName(metricKind({ metric }).label, 40)}</th>`}</tr></thead><tbody>${states.map(
    (state) =>
      html`<tr><th scope="row">${shownName(stateTitle(state), 80)}</th><td class="num">${formatNumber(state.validation)}</td>${scoreCell(state)}</tr>`,
  )}</tbody></table></div>`;
}
