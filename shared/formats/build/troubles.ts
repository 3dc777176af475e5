/** Everything in a model that cannot be converted, gathered into one message. */
import { UnsupportedError } from '../../base/errors.ts';

/** Names of nodes or layers that a message gives for each kind of trouble. */
const NAMED = 3;

/** Kinds of trouble that a message lists. */
const LISTED = 12;

interface Trouble {
  readonly kind: string;
  readonly reason: string;
  readonly hint: string | undefined;
  /** A body that is looked at twice names its nodes once. */
  readonly names: Set<string>;
}

/** Collects what {@link Unconvertible} says of single nodes or layers. */
export class Troubles {
  readonly #title: string;
  readonly #found = new Map<string, Trouble>();

  /** `title` names the model: "model.keras". */
  constructor(title: string) {
    this.#title = title;
  }

  /** A node or layer of `kind` (its op or class) named `name`, and why it cannot be converted. */
  add(kind: string, name: string, reason: string, hint?: string): void {
    const key = `${kind}\n${reason}`;
    const trouble = this.#found.get(key) ?? { kind, reason, hint, names: new Set<string>() };
    trouble.names.add(name);
    this.#found.set(key, trouble);
  }

  /** Forgets everything: for another attempt. */
  clear(): void {
    this.#found.clear();
  }

  /** @throws UnsupportedError that lists all of them, when there are any */
  check(): void {
    const troubles = [...this.#found.values()];
    const [first] = troubles;
    if (!first) return;
    const lines = troubles.slice(0, LISTED).map(describe);
    const more = troubles.length - lines.length;
    const hints = new Set(troubles.flatMap(({ hint }) => hint ?? []));
    throw new UnsupportedError(
      `${this.#title} cannot be converted: ${lines.join('; ')}${more > 0 ? `; and ${more} more kinds` : ''}`,
      hints.size > 0 ? { hint: [...hints].slice(0, 3).join(' ') } : {},
    );
  }
}

function describe({ kind, reason, names }: Trouble): string {
  const shown = [...names]
    .slice(0, NAMED)
    .map((name) => `"${name}"`)
    .join(', ');
  const more = names.size > NAMED ? ', …' : '';
  return `${kind} (${names.size}×: ${shown}${more}) – ${reason}`;
}
