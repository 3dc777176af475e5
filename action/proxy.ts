/** The proxy that a runner names: `@actions/github` takes it by itself, all other requests are told here. */
import http from 'node:http';
import type { Log } from '../shared/base/log.ts';

const NAMES = /^https?_proxy$/i;

/**
 * From now on `fetch` and agents that are the global ones go through the proxy of `HTTP_PROXY`, `HTTPS_PROXY` and
 * `NO_PROXY`. Gives what undoes it.
 */
export function useProxy(env: NodeJS.ProcessEnv, log: Pick<Log, 'warn'>): () => void {
  const isNamed = Object.entries(env).some(([name, value]) => NAMES.test(name) && value);
  if (!isNamed) return () => undefined;
  // Since Node 24.14; a runner that lags behind has an older one.
  if (typeof http.setGlobalProxyFromEnv === 'function') return http.setGlobalProxyFromEnv(env);
  log.warn(
    `a proxy is named, which Node ${process.versions.node} of this runner cannot use for Git LFS and AWS: update the runner`,
  );
  return () => undefined;
}
