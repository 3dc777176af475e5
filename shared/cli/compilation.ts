/** What V8 compiles, and when: for commands that live half a second. */
import { setFlagsFromString } from 'node:v8';

/**
 * How many calls and turns of loops a function takes before it is optimized: ten times V8's own numbers for the first
 * optimizer, thirty to forty for the second. Optimizing takes a third of the processor time of a conversion, most of it in
 * threads beside, and what it makes is hardly used before the end: NASNetMobile takes 0.87 s instead of 1.20,
 * MobileNetV3Small 0.37 instead of 0.51. Where there is more to compute these numbers are soon reached.
 */
const THRESHOLDS = {
  'invocation-count-for-maglev': 4000,
  'invocation-count-for-maglev-osr': 1000,
  'invocation-count-for-turbofan': 100_000,
  'invocation-count-for-osr': 20_000,
};

/** Modules of Node that whatever runs a model loads, most of them every command. */
const NODE_MODULES = ['child_process', 'crypto', 'fs/promises', 'os', 'perf_hooks', 'stream'];

/** V8 of Node 24, with which the flags were tried: one that does not know them would say so to the user. */
const KNOWN_TO = /^13\./;

/** Before anything is loaded: compiled code is cached for one set of flags. `false`: for another V8, nothing is set. */
export function setUpCompilation(version = process.versions.v8): boolean {
  if (!KNOWN_TO.test(version)) return false;
  // Of its own modules Node holds compiled code, for the flags that it began with: another 10 ms.
  for (const name of NODE_MODULES) process.getBuiltinModule(name);
  for (const [flag, count] of Object.entries(THRESHOLDS)) setFlagsFromString(`--${flag}=${count}`);
  // The cache of compiled code is written before anything runs: what V8 puts off until it is called would never be in it.
  setFlagsFromString('--no-lazy');
  return true;
}
