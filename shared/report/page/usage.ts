/** How to use the result: programs to copy for the leading artifact, and what to know about ARM. */

import { usableRow } from '../headline.ts';
import { formatBytes } from '../numbers.ts';
import type { ModelReport, Report, VariantRow } from '../schema.ts';
import { shownName } from '../visible-text.ts';
import { type HtmlValue, html, lines, type SafeHtml } from './html.ts';
import { browserSnippet, nodeSnippet, pythonSnippet } from './snippets.ts';

/** Nothing where no artifact was written, or where the runtime of the snippets cannot open it. */
export function usageSection(model: ModelReport, report: Report): HtmlValue {
  const row = usableRow(model);
  if (row?.artifact === undefined || model.inputs === undefined) return undefined;
  if (row.target !== 'onnx' && row.target !== 'ort') return undefined;
  const file = row.artifact.path.split(/[\\/]/).at(-1) ?? row.artifact.path;
  const input = {
    file,
    inputs: model.inputs,
    outputs: model.outputs ?? [],
    threads: row.latency?.threads ?? 1,
    runtimeVersion: /(\d+\.\d+\.\d+)/.exec(report.tool.runtime)?.[1] ?? '',
  };
  const name = `use-${report.models.indexOf(model)}`;
  return html`<section class="part"><h3>Use it</h3><p class="soft small">The file is <span class="name">${shownName(row.artifact.path, 120)}</span>, ${formatBytes(row.artifact.bytes)}. One click selects a whole program; replace the zeros by your data.</p><div class="card">${[
    program('Node.js', nodeSnippet(input), name, true),
    program('Python', pythonSnippet(input), name, false),
    program('Browser', browserSnippet(input), name, false),
    html`<details name="${name}"><summary>On ARM: phones, Apple silicon, Graviton</summary><div class="in"><p>${armNote(row, model)}</p></div></details>`,
  ]}</div></section>`;
}

function program(title: string, text: string, name: string, isOpen: boolean): SafeHtml {
  const body = html`<summary>${title}</summary><div class="in"><pre tabindex="0" aria-label="Program for ${title}"><code>${lines(text)}</code></pre></div>`;
  return isOpen
    ? html`<details name="${name}" open>${body}</details>`
    : html`<details name="${name}">${body}</details>`;
}

function armNote(row: VariantRow, model: ModelReport): SafeHtml {
  const arm = model.variants.find(
    (other) =>
      other.name === row.name && other.hardware === 'arm64' && other.artifact !== undefined,
  );
  if (arm?.artifact !== undefined) {
    return html`Use <span class="name">${shownName(arm.artifact.path, 120)}</span> there: its integers are signed and use all 8 bits, as ARM's dot-product instructions want them. ${
      arm.latency === undefined &&
      'It was not timed on this machine; run fettle measure on the device.'
    }`;
  }
  if (row.hardware === 'arm64') return html`This file is made for ARM.`;
  const isQuantized = /int8|int4|auto/.test(row.name);
  return isQuantized
    ? html`This file is right on every CPU, ARM too, but its integers are laid out for ${shownName(row.hardware, 20)}. Make one for ARM with <code>--hardware arm64</code>, and time it on the device: speeds measured here do not carry over.`
    : html`This file runs unchanged on ARM. Speeds measured here do not carry over: time it on the device with <code>fettle measure</code>.`;
}
