/** Builds `action/dist/main.js`, which `action.yml` names and which is committed: `npm run build:action`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleAction } from './action/bundle.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const code = await bundleAction(root);
const folder = join(root, 'action', 'dist');
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, 'main.js'), code);
console.log(`action/dist/main.js: ${(Buffer.byteLength(code) / 1e6).toFixed(2)} MB`);
