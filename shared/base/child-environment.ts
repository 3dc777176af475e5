/**
 * The environment of every process that this one starts: by name, what programs need to find themselves and their
 * libraries. A list of what may pass, as nobody can list what a stranger's model must not see.
 */

/** None of these is a permission. */
const NAMES = [
  // Programs, their libraries, and where they may write.
  'PATH',
  'HOME',
  'LD_LIBRARY_PATH',
  'DYLD_LIBRARY_PATH',
  'DYLD_FALLBACK_LIBRARY_PATH',
  'TMPDIR',
  'TEMP',
  'TMP',
  // Words and times.
  'LANG',
  'LC_ALL',
  'TZ',
  // Windows finds its own libraries by them.
  'SystemRoot',
  'SystemDrive',
  'windir',
  'ComSpec',
  'PATHEXT',
  'USERPROFILE',
  'APPDATA',
  'LOCALAPPDATA',
  'ProgramData',
  // Python and its packages.
  'PYTHONPATH',
  'PYTHONHOME',
  'VIRTUAL_ENV',
  'CONDA_PREFIX',
  // Which graphics cards.
  'CUDA_VISIBLE_DEVICES',
  'NVIDIA_VISIBLE_DEVICES',
] as const;

type Environment = Readonly<Record<string, string | undefined>>;

/** What of `own` a child may see, and `more`, which it is given on purpose. */
export function childEnvironment(
  more: Readonly<Record<string, string>> = {},
  own: Environment = process.env,
): Record<string, string> {
  const passed = NAMES.flatMap((name) => {
    const value = own[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(passed), ...more };
}
