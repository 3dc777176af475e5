/** Where the runner begins: `action.yml` names the bundle of this file. */
import { run } from './run.ts';

process.exitCode = await run(process.env);
