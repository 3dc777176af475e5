/** Text for the log of a job, in which a runner looks for commands. */

/**
 * The same text with nothing in it that a runner takes for a command: names in models and configurations are a
 * stranger's. Source: actions/runner, `ActionCommand.cs`: `::name` where a line begins, `##[name` anywhere.
 */
export function plainLines(text: string): string {
  return text
    .replace(/\r(?!\n)/g, '\n')
    .replace(/^(\s*):(?=:)/gm, '$1: ')
    .replace(/##(?=\[)/g, '# #');
}
