/** Every function of the stack: a container's command names one, `index.work`. Each loads what it needs when it is called. */
export { handler as advance } from './advance.ts';
export { handler as api } from './api.ts';
export { handler as gather } from './gather.ts';
export { handler as ingest } from './ingest.ts';
export { handler as measure } from './measure.ts';
export { handler as publish } from './publish.ts';
export { handler as rerun } from './rerun.ts';
export { handler as work } from './work.ts';
