/** Names as an attacker would choose them, and a report that carries one wherever a name can stand. */

import fc from 'fast-check';
import { judgeReport } from '../../shared/report/gate.ts';
import type { Report } from '../../shared/report/schema.ts';
import { makeModel, makeReport, makeRow } from './make-report.ts';

/** Pieces with a meaning to a terminal, to Markdown, to HTML or to GitHub. */
const PIECES = [
  '|',
  '||',
  '\\',
  '\\|',
  '\\\\|',
  '`',
  '``',
  '```',
  '````',
  '<',
  '>',
  '<!--',
  '-->',
  '--!>',
  '</td>',
  '</code>',
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '<a href="javascript:x">',
  '"',
  "'",
  '&',
  '&lt;',
  '&#124;',
  '@octocat',
  '@org/team',
  '#1',
  'GH-1',
  'o/r#1',
  'http://evil.example/',
  'https://evil.example',
  'www.evil.example',
  'a@evil.example',
  '[x](http://evil.example)',
  '![x](http://evil.example/i.png)',
  '[x]: http://e.example',
  '[^1]',
  '*',
  '**',
  '_',
  '~~',
  '$x$',
  '$$',
  ':tada:',
  '\n',
  '\r\n',
  '\n\n',
  '\n# ',
  '\n---\n',
  '\n> ',
  '\n- ',
  '\n1. ',
  '\n    ',
  '\n```\n',
  '\t',
  '\u2028',
  '\u0085',
  '\u202e',
  '\u2066',
  '\u200b',
  '\u200f',
  '\ufeff',
  '\u0000',
  '\u001b[2J',
  '\u001b]0;title\u0007',
  '\u009b31m',
  '\ud800',
  '\u{e0041}',
  '模型',
  'a'.repeat(300),
  ' ',
  '  ',
  'model/Conv_1',
  'deadbeef',
  'deadbeefdeadbeefdeadbeefdeadbeefdeadbeef',
  '--',
  '=',
  '===',
  '{{',
  '$\u007bx}',
  '%s',
  '::error::x',
  '==',
];

/** Any code points, lone surrogates included; fast-check's own `binary` unit takes 1.5 s to set up. */
export function anyText(maxLength: number): fc.Arbitrary<string> {
  const point = fc.oneof(
    fc.integer({ min: 0, max: 0x2100 }),
    fc.integer({ min: 0, max: 0x10ffff }),
  );
  return fc.array(point, { maxLength }).map((points) => String.fromCodePoint(...points));
}

export function hostileText(): fc.Arbitrary<string> {
  const piece = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...PIECES) },
    { weight: 1, arbitrary: anyText(6) },
    { weight: 1, arbitrary: fc.string({ maxLength: 6 }) },
  );
  return fc.array(piece, { minLength: 1, maxLength: 8 }).map((pieces) => pieces.join(''));
}

/** A regressed report in which every free text is `name`; its verdict must survive every rendering. */
export function reportWithNames(name: string): Report {
  const layer = { node: name, op: name };
  return judgeReport({
    ...makeReport(),
    machine: { cpu: name, features: [name], cores: 2, os: name },
    protocol: name,
    notes: [name],
    comparison: { kind: 'models', base: { label: name, commit: name }, head: { label: name } },
    models: [
      {
        ...makeModel(),
        name,
        ship: name,
        budgets: { [name]: { size: '+0%' } },
        recommended: name,
        source: { path: name, format: name, bytes: 3, verified: name },
        data: { synthetic: false, notes: [name] },
        notes: [name],
        inputs: [{ name, type: name, shape: [name, 3], preparation: name }],
        outputs: [{ name, type: 'float32', shape: [1, 2] }],
        auto: {
          seconds: 1,
          reason: name,
          candidates: [
            {
              name,
              description: name,
              bytes: 2,
              latencyRatio: 1,
              accuracyDifference: 0,
              onFront: true,
              reason: name,
            },
          ],
        },
        variants: [
          makeRow({
            name,
            target: name,
            hardware: name,
            description: name,
            artifact: { path: name, sha256: 'ab'.repeat(32), bytes: 3 },
            size: { bytes: 3, base: 2 },
            latency: {
              ms: 1,
              ratio: 1,
              low: 0.9,
              high: 1.1,
              sessions: 6,
              threads: 1,
              verdict: 'inconclusive',
              shapes: { [name]: [1] },
            },
            accuracy: {
              metric: name,
              value: 0.5,
              base: 0.5,
              difference: 0,
              low: -1,
              high: 1,
              samples: 3,
              verdict: 'inconclusive',
              neededSamples: 9,
            },
            fidelity: { cosine: 0.9, outputs: [{ name, cosine: 0.9 }] },
            coverage: {
              nodes: { [name]: 3 },
              notFused: [{ ...layer, reason: name, estimatedMs: 1 }],
            },
            keptInFloat: [{ ...layer, precision: name, reason: name, damage: 1 }],
            sensitivity: { measure: name, layers: [{ ...layer, damage: 1, kept: true }] },
            notes: [name],
          }),
          makeRow({ name: `${name}2`, status: 'failed', reason: name, verdict: 'failed' }),
          makeRow({ name: `${name}3`, status: 'skipped', reason: name }),
        ],
      },
      { ...makeModel(), name, reason: name, code: 2, variants: [] },
    ],
  });
}
