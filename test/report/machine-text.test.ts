import { expect, it } from 'vitest';
import { machineText } from '../../shared/report/machine-text.ts';
import { renderMarkdown } from '../../shared/report/markdown.ts';
import { makeModel, makeReport, makeRow } from './make-report.ts';

const latency = (cpu?: string) => ({
  ms: 1,
  sessions: 6,
  threads: 1,
  shapes: {},
  ...(cpu !== undefined && { cpu }),
});
const report = (...rows: (readonly ['x64' | 'arm64', string?])[]) =>
  makeReport({
    machine: { cpu: 'Xeon', features: [], cores: 1 },
    models: [
      makeModel({
        variants: rows.map(([hardware, cpu]) =>
          makeRow({ name: `${hardware} ${cpu}`, hardware, latency: latency(cpu) }),
        ),
      }),
    ],
  });

it('is the processor, and those of other hardware', () => {
  expect(machineText(report(['x64']))).toBe('Xeon, 1 core');
  expect(machineText(report(['x64', 'Xeon'], ['arm64', 'Graviton'], ['arm64', 'Graviton']))).toBe(
    'Xeon, 1 core; arm64 on Graviton',
  );
});

it('is shown, and cannot be more than a line', () => {
  const shown = renderMarkdown(report(['arm64', 'Gravi\n# ton']));
  expect(shown).toContain('arm64 on Gravi');
  expect(shown).not.toMatch(/^# ton/m);
});
