import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';

/** What a process says that calls `setUpCompilation` with the arguments. */
function said(argument: string): { readonly stdout: string; readonly stderr: string } {
  const module = new URL('../../shared/cli/compilation.ts', import.meta.url);
  const script = `import { setUpCompilation } from '${module}'; console.log(setUpCompilation(${argument}))`;
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', script],
    { encoding: 'utf8' },
  );
  return { stdout, stderr };
}

it('sets flags that V8 knows, and none where it may not', () => {
  const isKnown = process.versions.v8.startsWith('13.');
  // Of a flag that it does not know V8 says so to the user.
  expect(said('')).toEqual({ stdout: `${isKnown}\n`, stderr: '' });
  expect(said("'12.4.254.21-node.33'")).toEqual({ stdout: 'false\n', stderr: '' });
});
