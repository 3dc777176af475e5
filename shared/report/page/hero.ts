/** The head of the page and of each model: the verdict, one sentence, three numbers, the budgets. */

import { headline, leadingRow, summary, VERDICT_WORDS } from '../headline.ts';
import { metricKind } from '../metric-kind.ts';
import { formatBytes, formatSpeed } from '../numbers.ts';
import { proofText } from '../proof-text.ts';
import {
  accuracyFact,
  bareInterval,
  type Fact,
  fidelityFact,
  gateLabel,
  latencyFact,
  rowLabel,
  sizeFact,
  worstGatesFirst,
} from '../row-facts.ts';
import type { ModelReport, Report, Source, VariantRow } from '../schema.ts';
import { shownName, visibleText } from '../visible-text.ts';
import { type HtmlValue, html, type SafeHtml } from './html.ts';
import { resultIcon, verdictIcon } from './icons.ts';

/** Verdict first. With one model the sentence is its own, with more it is the roll-up and a list. */
export function heroSection(report: Report): SafeHtml {
  const only = report.models.length === 1 ? report.models[0] : undefined;
  const says = only === undefined ? summary(report) : headline(only);
  return html`<section class="hero">${
    only !== undefined && html`<p class="eyebrow name">${shownName(only.name, 120)}</p>`
  }<h1 class="${`v-${report.verdict}`}">${verdictIcon(report.verdict)}<span>${VERDICT_WORDS[report.verdict]}</span></h1><p class="lead">${sentence(says)}</p>${compared(report)}${
    only === undefined && report.models.length > 0 && overview(report)
  }</section>`;
}

/** Name, source and, where the page has several models, the model's own verdict. */
export function modelHeader(model: ModelReport, report: Report): SafeHtml {
  const source = html`<span class="soft small wrap">${sourceText(model.source)}</span>`;
  // With one model its name and sentence stand at the head of the page already.
  if (report.models.length === 1) {
    return html`<header><h2 class="hidden">${shownName(model.name, 120)}</h2>${source}</header>`;
  }
  const verdict = html`<span class="chip ${`v-${model.verdict}`}">${verdictIcon(model.verdict)}${VERDICT_WORDS[model.verdict]}</span>`;
  return html`<header><h2 class="name">${shownName(model.name, 120)}</h2>${verdict}${source}</header><p class="lead">${sentence(headline(model))}</p>`;
}

/** Size, latency and accuracy of the variant that the page speaks about. */
export function tiles(model: ModelReport): HtmlValue {
  const row = leadingRow(model);
  if (row === undefined) return undefined;
  const label = shownName(rowLabel(row, model.variants), 40);
  const ratio = row.latency?.ratio;
  const speed =
    ratio === undefined || row.latency?.verdict === 'same' ? undefined : formatSpeed(ratio);
  const accuracyName =
    row.accuracy === undefined ? '' : `, ${shownName(metricKind(row.accuracy).label, 30)}`;
  return html`<dl class="tiles">${[
    sizeTile(`Size of ${label}`, row, model),
    tile(`Latency of ${label}`, latencyFact(row.latency), speed),
    row.accuracy === undefined
      ? tile(fidelityTitle(row), fidelityFact(row.fidelity))
      : tile(`Accuracy of ${label}${accuracyName}`, accuracyFact(row.accuracy)),
  ]}</dl>`;
}

/** What was promised and whether it holds. */
export function gatesSection(model: ModelReport): HtmlValue {
  const gates = model.gates ?? [];
  if (gates.length === 0) return undefined;
  const hasBudgets = gates.some((gate) => gate.budget !== undefined);
  return html`<section class="part"><h3>${hasBudgets ? 'Budgets' : 'Against the base'}</h3><ul class="gates">${worstGatesFirst(
    gates,
  ).map(
    (gate) =>
      html`<li>${resultIcon(gate.result)}<span class="wrap"><span class="name">${shownName(gateLabel(gate, model.variants), 60)}</span> ${sentence(gate.sentence)}<span class="hidden"> (${gate.result})</span></span></li>`,
  )}</ul></section>`;
}

/** An address inside the page: by position, because names may hold anything. */
export function modelId(report: Report, model: ModelReport): string {
  return `model-${report.models.indexOf(model) + 1}`;
}

function tile(title: string, fact: Fact | undefined, says?: string): SafeHtml {
  if (fact === undefined) {
    return html`<div class="tile"><dt>${title}</dt><dd class="big soft">–</dd><dd class="says soft">not measured</dd></div>`;
  }
  const interval = bareInterval(fact.interval);
  return html`<div class="tile ${`t-${fact.tone}`}"><dt>${title}</dt><dd class="big">${fact.value}</dd>${
    fact.base !== undefined && html`<dd class="was">was ${fact.base}</dd>`
  }${
    fact.word !== undefined &&
    html`<dd class="says"><b>${says ?? fact.word}</b>${fact.change !== undefined && html` <span class="soft small">${fact.change}${interval !== '' && ` ${interval}`}</span>`}</dd>`
  }</div>`;
}

/** Exact rewrites save, too: where the model as it came has another size, it is named. */
function sizeTile(title: string, { size }: VariantRow, model: ModelReport): SafeHtml {
  const fact = sizeFact(size);
  const base = model.variants.find(({ name }) => name === 'float32')?.size?.bytes;
  const { bytes: source } = model.source;
  const isOwnBase = size !== undefined && base !== undefined && size.base === base;
  if (fact === undefined || !isOwnBase || source === undefined) return tile(title, fact);
  const text = formatBytes(source);
  if (text === formatBytes(base)) return tile(title, fact);
  // Beside itself float32 is always the same.
  if (size.bytes === base) return tile(title, sizeFact({ bytes: base, base: source }));
  return tile(title, { ...fact, base: `${formatBytes(base)}, the source ${text}` });
}

function overview(report: Report): SafeHtml {
  return html`<ul class="gates list">${report.models.map(
    (model) =>
      html`<li>${verdictIcon(model.verdict)}<span class="wrap"><a href="#${modelId(report, model)}" class="name">${shownName(model.name, 80)}</a> <span class="soft">${VERDICT_WORDS[model.verdict]}. ${sentence(headline(model))}</span></span></li>`,
  )}</ul>`;
}

function compared({ comparison }: Report): HtmlValue {
  const { base, head } = comparison ?? {};
  if (base === undefined) return undefined;
  const state = (each: typeof base): SafeHtml =>
    html`<span class="name">${shownName(each.label, 80)}</span>${each.commit !== undefined && html` (<span class="name">${shownName(each.commit.slice(0, 12))}</span>)`}`;
  return html`<p class="soft">${state(base)}${head !== undefined && html` → ${state(head)}`}</p>`;
}

function sourceText(source: Source): string {
  const { path, format, bytes } = source;
  const size = bytes === undefined ? '' : `, ${formatBytes(bytes)}`;
  const proof = visibleText(proofText(source));
  return `${shownName(path, 120)}, ${shownName(format, 30)}${size}${proof}`;
}

function fidelityTitle({ fidelity }: VariantRow): string {
  return fidelity?.synthetic === true ? 'Fidelity on synthetic inputs, cosine' : 'Fidelity, cosine';
}

/** A line may end after any hyphen, but `top-` and `1` belong together. */
function sentence(text: string): string {
  return shownName(text, 600).replaceAll('top-1', 'top\u20111').replaceAll('top-5', 'top\u20115');
}
