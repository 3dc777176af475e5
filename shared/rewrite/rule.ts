/** One rewriting: what it looks for, when it is right, what it does. */
import type { GraphContext } from './graph-context.ts';
import type { Match } from './match.ts';
import type { NodePattern } from './pattern.ts';
import { Refusal } from './refusal.ts';

/**
 * `check` decides and `rewrite` does: what `check` found out goes to `rewrite` as `facts`, and nothing
 * else does. `null` from `check` means that this is not the thing looked for at all; a
 * {@link Refusal}, that it is but must be left alone.
 */
export interface RewriteRule<Facts> {
  readonly name: string;
  /** The equation, on one line. */
  readonly identity: string;
  readonly pattern: NodePattern;
  check(match: Match, context: GraphContext): Facts | Refusal | null;
  rewrite(match: Match, facts: Facts, context: GraphContext): void;
}

/** A rule whose facts are nobody's business: how lists hold rules of all kinds. */
export interface Rule {
  readonly name: string;
  readonly identity: string;
  readonly pattern: NodePattern;
  /** Rewrites one match: `true` when done, a refusal, or `null`. */
  apply(match: Match, context: GraphContext): true | Refusal | null;
}

/** Makes a {@link Rule} of check and rewrite. */
export function rule<Facts>(definition: RewriteRule<Facts>): Rule {
  const { name, identity, pattern } = definition;
  return {
    name,
    identity,
    pattern,
    apply: (match, context) => {
      const facts = definition.check(match, context);
      if (facts === null) return null;
      if (facts instanceof Refusal) return facts;
      definition.rewrite(match, facts, context);
      return true;
    },
  };
}
