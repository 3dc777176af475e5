/** What tests need to know of a Dockerfile. */

export interface Instruction {
  readonly keyword: string;
  /** As written, continued lines joined. */
  readonly text: string;
}

/** Its instructions in order; arguments with defaults are filled in. Heredocs are not understood. */
export function parseDockerfile(source: string): readonly Instruction[] {
  const joined = source.replace(/^\s*#.*\n/gm, '').replace(/\\\n\s*/g, ' ');
  const values = new Map<string, string>();
  return joined
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => {
      const [, keyword = '', text = ''] = /^(\w+)\s+(.*)$/.exec(line) ?? [];
      const [, name, value] = keyword === 'ARG' ? (/^(\w+)=(\S+)/.exec(text) ?? []) : [];
      if (name !== undefined && value !== undefined) values.set(name, value);
      const filled = text.replace(/\$\{(\w+)\}/g, (whole, of: string) => values.get(of) ?? whole);
      return { keyword: keyword.toUpperCase(), text: keyword === 'RUN' ? text : filled };
    });
}

/** Paths of the context that are copied into the image. */
export function copiedPaths(instructions: readonly Instruction[]): readonly string[] {
  return instructions
    .filter(({ keyword, text }) => ['COPY', 'ADD'].includes(keyword) && !text.startsWith('--from='))
    .flatMap(({ text }) => text.split(/\s+/).slice(0, -1));
}
