/** The files by which a step tells its runner outputs, variables and state. */

/** `name=value`, or `name<<END` with lines until `END`. @throws Error as a runner does: the step fails */
export function readCommandFile(text: string): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  const lines = text.split('\n');
  // The line break at the end is no further line.
  if (lines.at(-1) === '') lines.pop();
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? '';
    if (line === '') continue;
    const [equals, heredoc] = [line.indexOf('='), line.indexOf('<<')];
    if (equals >= 0 && (heredoc < 0 || equals < heredoc)) {
      found[line.slice(0, equals)] = line.slice(equals + 1);
      continue;
    }
    const name = line.slice(0, Math.max(0, heredoc));
    const end = line.slice(heredoc + 2);
    if (heredoc < 0 || name === '' || end === '') throw new Error(`Invalid format '${line}'`);
    const stop = lines.indexOf(end, at + 1);
    if (stop < 0) throw new Error(`Invalid value. Matching delimiter not found '${end}'`);
    found[name] = lines.slice(at + 1, stop).join('\n');
    at = stop;
  }
  return found;
}
