/**
 * Installs what `npm run test:referee` asks: independent implementations of S3, Lambda and Step Functions, and a
 * linter; or those of them that are named. What cannot be had is left out and said; the tests then skip it.
 * `--seconds` limits all of it together.
 */
import { parseArgs } from 'node:util';
import { install } from './referees/install.ts';
import { programOf, TOOLS, type ToolName } from './referees/tools.ts';

/** Cold, versitygw alone takes four to seven minutes on two cores. */
const SECONDS = 900;

const { values, positionals } = parseArgs({
  options: { seconds: { type: 'string' } },
  allowPositionals: true,
});
const until = Date.now() + Number(values.seconds ?? SECONDS) * 1000;

async function tell(name: ToolName): Promise<void> {
  const tool = TOOLS[name];
  const label = `${name} ${tool.version}`;
  if (programOf(name, tool) !== undefined) return console.log(`${label} is there`);
  const begun = Date.now();
  try {
    await install(name, tool, { until });
    console.log(`${label} installed in ${Math.round((Date.now() - begun) / 1000)} s`);
  } catch (error) {
    console.log(`${label} LEFT OUT: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Packages load while compilers work. */
const chosen = (Object.keys(TOOLS) as ToolName[]).filter(
  (name) => positionals.length === 0 || positionals.includes(name),
);
const lanes = Object.groupBy(chosen, (name) => TOOLS[name].kind);
await Promise.all(
  Object.values(lanes).map(async (names) => {
    for (const name of names) await tell(name);
  }),
);
