/** Changes for tests of mode: aws, and a function that answers from a list. */
import type { AwsPorts } from '../../../action/aws-mode/ports.ts';
import type { ModelChange, RepositoryFile } from '../../../action/changes/model-change.ts';
import type { ApiAnswer, ApiRequest } from '../../../shared/pipeline/distributed/api-messages.ts';

export const fileAt = (path: string, lfs?: string): RepositoryFile => ({
  path,
  blob: 'b'.repeat(40),
  bytes: 130,
  ...(lfs !== undefined && { lfs: { sha256: lfs, bytes: 5000 } }),
});

export const filesAt = (path: string, lfs?: string) => ({ path, files: [fileAt(path, lfs)] });

export const changeOf = (changes: Partial<ModelChange> = {}): ModelChange => ({
  name: 'digits',
  status: 'changed',
  isConfigured: true,
  settings: {},
  folder: '',
  data: [],
  base: filesAt('digits.onnx', 'a'.repeat(64)),
  head: filesAt('digits.onnx', 'c'.repeat(64)),
  ...changes,
});

/** What was asked for, uploaded and said. */
export interface Traffic {
  readonly asked: ApiRequest[];
  readonly uploaded: string[];
  readonly fetched: string[];
  readonly lines: string[];
  readonly slept: number[];
}

/** `answers` by turns; the last again and again. */
export function portsOf(answers: readonly ApiAnswer[]): { ports: AwsPorts; traffic: Traffic } {
  const traffic: Traffic = { asked: [], uploaded: [], fetched: [], lines: [], slept: [] };
  const ports: AwsPorts = {
    ask: async (message) => {
      traffic.asked.push(message);
      const answer = answers[Math.min(traffic.asked.length, answers.length) - 1];
      if (!answer) throw new Error('no answers');
      return answer;
    },
    fetchFile: async (side, file) => {
      traffic.fetched.push(`${side}/${file.path}`);
      return `/files/${side}/${file.path}`;
    },
    upload: async (path) => void traffic.uploaded.push(path),
    sleep: async (seconds) => void traffic.slept.push(seconds),
    log: (line) => void traffic.lines.push(line),
  };
  return { ports, traffic };
}
