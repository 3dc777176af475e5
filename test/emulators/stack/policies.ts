/** What roles of the template may do: policies of identities, as far as they are written there. */
import { isJsonObject, type Json } from '../states/json.ts';
import type { Resolver } from './resolve.ts';
import { PropertyReader } from './template.ts';

interface Statement {
  readonly isAllowed: boolean;
  readonly actions: readonly RegExp[];
  readonly resources: readonly RegExp[];
  readonly conditions: readonly Condition[];
}

interface Condition {
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
}

/** One question: may somebody do this? */
export interface Question {
  /** Like `s3:GetObject`. */
  readonly action: string;
  readonly resource: string;
  /** Values of condition keys; a condition on any other key does not hold. */
  readonly context?: Readonly<Record<string, string>>;
}

/** The statements of every role. Policies of buckets, queues and the network are not asked. */
export class Policies {
  readonly #byRole = new Map<string, readonly Statement[]>();

  constructor(resolver: Resolver) {
    for (const id of resolver.ids('AWS::IAM::Role')) {
      const role = new PropertyReader(resolver.properties(id), id);
      role.refuse('ManagedPolicyArns', 'PermissionsBoundary');
      const own = role.list('Policies').flatMap((policy) => statementsOf(policy));
      this.#byRole.set(resolver.identity(id).ref, own);
    }
    for (const id of resolver.ids('AWS::IAM::Policy')) {
      const policy = new PropertyReader(resolver.properties(id), id);
      for (const role of policy.texts('Roles')) {
        const before = this.#byRole.get(role) ?? [];
        this.#byRole.set(role, [...before, ...statementsOf(policy)]);
      }
    }
  }

  get roles(): readonly string[] {
    return [...this.#byRole.keys()];
  }

  /** Whether a statement allows it and none forbids it. */
  allows(role: string, question: Question): boolean {
    const matching = (this.#byRole.get(role) ?? []).filter((each) => isAbout(each, question));
    return matching.length > 0 && matching.every(({ isAllowed }) => isAllowed);
  }
}

function statementsOf(policy: PropertyReader): readonly Statement[] {
  return policy
    .object('PolicyDocument')
    .list('Statement')
    .map((statement) => {
      statement.refuse('NotAction', 'NotResource', 'NotPrincipal');
      return {
        isAllowed: statement.text('Effect') === 'Allow',
        actions: statement.texts('Action').map((action) => wildcard(action, 'i')),
        resources: statement.texts('Resource').map((resource) => wildcard(resource)),
        conditions: conditionsOf(statement.json('Condition') ?? {}),
      };
    });
}

function conditionsOf(conditions: Json): readonly Condition[] {
  if (!isJsonObject(conditions)) throw new Error('a Condition is an object');
  return Object.entries(conditions).flatMap(([operator, tests]) =>
    Object.entries(isJsonObject(tests) ? tests : {}).map(([key, values]) => ({
      operator,
      key,
      values: [values].flat().map(String),
    })),
  );
}

const isAbout = (
  { actions, resources, conditions }: Statement,
  { action, resource, context = {} }: Question,
): boolean =>
  actions.some((pattern) => pattern.test(action)) &&
  resources.some((pattern) => pattern.test(resource)) &&
  conditions.every((condition) => holds(condition, context[condition.key]));

/** Conditions on what is not known do not hold. */
function holds({ operator, values }: Condition, value: string | undefined): boolean {
  if (value === undefined) return false;
  switch (operator) {
    case 'StringEquals':
    case 'ArnEquals':
    case 'Bool':
      return values.includes(value);
    case 'StringLike':
    case 'ArnLike':
      return values.some((pattern) => wildcard(pattern).test(value));
    default:
      throw new Error(`the emulator knows no condition ${operator}`);
  }
}

/** `*` and `?` as in policies. */
function wildcard(pattern: string, flags = ''): RegExp {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, flags);
}
