/** The environment of processes that read models, or packages of others: no token, no input, nothing of the workflow. */

/** What programs need to run and to find the network, and nothing that a step was given. */
const NAMES =
  /^(?:PATH|HOME|USER|LANG|LC_\w+|TZ|TMPDIR|TEMP|TMP|SystemRoot|ComSpec|PATHEXT|APPDATA|LOCALAPPDATA|USERPROFILE|(?:https?|no|all)_proxy|NODE_EXTRA_CA_CERTS|npm_config_(?:registry|cache|cafile|prefer_offline))$/i;

/** Those variables that may go on. */
export function cleanEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => NAMES.test(name)));
}
