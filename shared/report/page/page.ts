/**
 * `report.html`: one file, readable on a phone, in the dark and on paper, without script or network.
 *
 * A content policy forbids everything but the style sheet inside, so that even a fault in escaping
 * could neither run nor fetch anything.
 */

import { createHash } from 'node:crypto';
import { durationText } from '../duration-text.ts';
import { VERDICT_WORDS } from '../headline.ts';
import type { ModelReport, Report } from '../schema.ts';
import { shownName } from '../visible-text.ts';
import { detailsSection } from './details.ts';
import { gatesSection, heroSection, modelHeader, modelId, tiles } from './hero.ts';
import { html, type SafeHtml, styleElement } from './html.ts';
import { layersSection } from './layers.ts';
import { scatterSection } from './scatter.ts';
import { STYLE } from './style.ts';
import { trainingSection } from './training.ts';
import { usageSection } from './usage.ts';
import { variantsSection } from './variants.ts';

/** The whole document as text. */
export function renderPage(report: Report): string {
  const { tool, startedAt, protocol, notes = [] } = report;
  const day = startedAt.slice(0, 10);
  const only = report.models.length === 1 ? report.models[0] : undefined;
  const title = only === undefined ? `${report.models.length} models` : shownName(only.name, 60);
  const page = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta http-equiv="Content-Security-Policy" content="${contentPolicy()}"><meta name="color-scheme" content="light dark"><meta name="robots" content="noindex"><title>${title}: ${VERDICT_WORDS[report.verdict]} · Fettle</title>${styleElement(STYLE)}</head>
<body><div class="top" role="banner"><span class="brand">Fettle report</span><span><time datetime="${startedAt}">${day}</time>, took ${durationText(report)}</span></div>
<main>${heroSection(report)}${report.models.map((model) => modelSection(model, report))}</main>
<footer class="foot"><p>${[protocol, ...notes].flatMap((note) => (note === undefined ? [] : [html`${shownName(note, 300)}<br>`]))}Made by fettle ${shownName(tool.version, 40)} with ${shownName(tool.runtime, 60)}. The same numbers are in report.json.</p></footer></body></html>
`;
  return page.toString();
}

function modelSection(model: ModelReport, report: Report): SafeHtml {
  const isOnly = report.models.length === 1;
  return html`<article class="model ${isOnly ? 'only' : ''}" id="${modelId(report, model)}">${[
    modelHeader(model, report),
    tiles(model),
    gatesSection(model),
    variantsSection(model),
    scatterSection(model),
    layersSection(model),
    trainingSection(model),
    usageSection(model, report),
    detailsSection(model, report),
  ]}</article>
`;
}

/** Only the style sheet below, named by its digest, may apply. */
function contentPolicy(): string {
  const digest = createHash('sha256').update(STYLE).digest('base64');
  return `default-src 'none'; style-src 'sha256-${digest}'; base-uri 'none'; form-action 'none'`;
}
