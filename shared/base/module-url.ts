/** Where modules lie that other processes start from: in a checkout, and in the package, where most are bundled. */

/** Above every module of the library; whatever file this text ends up in, it lies below that folder. */
const ROOT = import.meta.url.slice(0, import.meta.url.lastIndexOf('/shared/') + '/shared/'.length);

/** `.ts` in a checkout, `.js` in the package. */
const SUFFIX = import.meta.url.endsWith('.ts') ? '.ts' : '.js';

/** Of `runtime/child/main`, say. It must be among the entries of `scripts/build.ts`. */
export const moduleUrl = (path: string): URL => new URL(`${path}${SUFFIX}`, ROOT);
