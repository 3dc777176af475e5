/** When V8 begins to compile: for commands that live half a second, later than it does by itself. */
import { setFlagsFromString } from 'node:v8';

/**
 * How many calls and turns of loops a function takes before it is optimized, ten times V8's own numbers. Optimizing
 * takes a third of the processor time of a conversion, most of it in threads beside, and what it makes is hardly used
 * before the end: MobileNetV2 takes 0.51 s instead of 0.64, ResNet50 1.10 instead of 1.24. Where there is more to
 * compute the tenfold is soon reached.
 */
const THRESHOLDS = {
  'invocation-count-for-maglev': 4000,
  'invocation-count-for-maglev-osr': 1000,
  'invocation-count-for-turbofan': 30_000,
  'invocation-count-for-osr': 5000,
};

/** V8 of Node 24, with which the flags were tried: one that does not know them would say so to the user. */
const KNOWN_TO = /^13\./;

/** Before anything is loaded: compiled code is cached for one set of flags. */
export function compileLater(version = process.versions.v8): boolean {
  if (!KNOWN_TO.test(version)) return false;
  for (const [flag, count] of Object.entries(THRESHOLDS)) setFlagsFromString(`--${flag}=${count}`);
  return true;
}
