/** How many requests a token may make. */
import { GithubError } from './errors.ts';
import type { Limits, Token } from './world.ts';

export interface Cost {
  readonly isWrite: boolean;
  /** Makes a comment, a review, an issue, a pull request or a status. */
  readonly isContent: boolean;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

interface Made extends Cost {
  readonly time: number;
}

/** What one token did within the last hour. */
interface Use {
  made: Made[];
  open: number;
}

export class Rates {
  readonly #limits: Limits;
  readonly #now: () => Date;
  readonly #uses = new Map<string, Use>();

  constructor(limits: Limits, now: () => Date) {
    this.#limits = limits;
    this.#now = now;
  }

  /** Counts a request. @throws GithubError 403 over a primary, 429 over a secondary limit */
  begin(token: Token, cost: Cost): Readonly<Record<string, string>> {
    const use = this.#useOf(token);
    const now = this.#now().getTime();
    use.made = use.made.filter(({ time }) => time > now - HOUR);
    use.open += 1;
    const { perHour, contentPerMinute, pointsPerMinute, concurrent } = this.#limits;
    const oldest = use.made[0]?.time ?? now;
    const headers = (used: number): Record<string, string> => ({
      'x-ratelimit-limit': String(perHour),
      'x-ratelimit-remaining': String(Math.max(0, perHour - used)),
      'x-ratelimit-used': String(used),
      'x-ratelimit-reset': String(Math.ceil((oldest + HOUR) / 1000)),
      'x-ratelimit-resource': 'core',
    });
    if (use.made.length >= perHour)
      throw new GithubError(403, 'API rate limit exceeded for installation.', {
        headers: headers(use.made.length),
      });
    const recent = use.made.filter(({ time }) => time > now - MINUTE);
    const contents = recent.filter(({ isContent }) => isContent);
    const points = recent.reduce((sum, { isWrite }) => sum + (isWrite ? WRITE_POINTS : 1), 0);
    const isOver =
      (cost.isContent && contents.length >= contentPerMinute) ||
      points + (cost.isWrite ? WRITE_POINTS : 1) > pointsPerMinute ||
      use.open > concurrent;
    use.made.push({ ...cost, time: now });
    if (isOver)
      throw secondaryLimit(Math.ceil(((recent[0]?.time ?? now) + MINUTE - now) / 1000), {
        ...headers(use.made.length),
      });
    return headers(use.made.length);
  }

  end(token: Token): void {
    this.#useOf(token).open -= 1;
  }

  #useOf({ value }: Token): Use {
    const found = this.#uses.get(value);
    if (found) return found;
    const made: Use = { made: [], open: 0 };
    this.#uses.set(value, made);
    return made;
  }
}

const WRITE_POINTS = 5;

/** The answer that tells to come back later: with status 403 or 429, and the seconds. */
export const secondaryLimit = (
  seconds: number,
  headers: Readonly<Record<string, string>> = {},
): GithubError =>
  new GithubError(
    403,
    'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.',
    { headers: { ...headers, 'retry-after': String(seconds) } },
  );
