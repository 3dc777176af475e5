/** `npm run bench [-- NAME …]`: runs each figure's script in a process of its own and prints what it prints. */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = dirname(fileURLToPath(import.meta.url));
const scripts = readdirSync(folder)
  .filter((name) => name.endsWith('.ts') && name !== 'main.ts' && !name.startsWith('_'))
  .toSorted();
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !scripts.includes(`${name}.ts`));
if (unknown.length > 0) {
  console.error(
    `no bench named ${unknown.join(', ')}: there are ${scripts.map((name) => name.replace('.ts', '')).join(', ')}`,
  );
  process.exit(2);
}

let broken = 0;
for (const script of scripts) {
  if (wanted.length > 0 && !wanted.includes(script.replace('.ts', ''))) continue;
  console.log(`\n## ${script.replace('.ts', '')}`);
  const { status } = spawnSync(process.execPath, [join(folder, script)], { stdio: 'inherit' });
  if (status !== 0) broken++;
}
console.log(
  broken === 0
    ? '\nall bars hold'
    : `\n${broken} of the scripts above ended with a broken bar or an error`,
);
process.exit(broken === 0 ? 0 : 1);
