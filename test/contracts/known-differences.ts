/** Suites that also run against foreign implementations, which are known to differ here and there. */
import { afterAll, test } from 'vitest';

/** Titles of cases that fail, each with the reason. */
export type KnownDifferences = Readonly<Record<string, string>>;

type AddCase = (title: string, run: () => unknown) => void;

/**
 * What adds cases to the suite that it is called in: a known difference must fail, any other must not. A title that
 * no case has fails, too.
 */
export function casesKnowing(known: KnownDifferences): AddCase {
  const left = new Set(Object.keys(known));
  afterAll(() => {
    if (left.size > 0) throw new Error(`known differences of no case: ${[...left].join('; ')}`);
  });
  return (title, run) => {
    left.delete(title);
    if (title in known) test.fails(`${title} (${known[title]})`, async () => void (await run()));
    else test(title, async () => void (await run()));
  };
}
