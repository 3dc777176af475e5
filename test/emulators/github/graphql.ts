/** The GraphQL endpoint: queries checked by GitHub's own schema, with its answers' shapes. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  buildSchema,
  type DocumentNode,
  execute,
  type GraphQLError,
  type GraphQLSchema,
  Kind,
  parse,
  validate,
} from 'graphql';
import { GithubError } from './errors.ts';
import { rootOf } from './graphql-root.ts';
import type { JsonRecord } from './prune-openapi.ts';
import type { Token, World } from './world.ts';

export interface GraphqlRequest {
  readonly document: DocumentNode;
  /** `viewer`, `addPullRequestReview`: the fields of the root. */
  readonly fields: readonly string[];
  readonly isWrite: boolean;
  readonly variables: JsonRecord;
}

/** Kinds of errors as GitHub names them. */
const TYPES: Readonly<Record<number, string>> = {
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  422: 'UNPROCESSABLE',
};

export class Graphql {
  readonly #schema: GraphQLSchema;

  constructor() {
    const file = join(import.meta.dirname, 'fixtures', 'schema.graphql');
    this.#schema = buildSchema(readFileSync(file, 'utf8'));
  }

  /** @throws GraphQLError where the text is no GraphQL */
  read(query: string, variables: JsonRecord): GraphqlRequest {
    const document = parse(query);
    const operation = document.definitions.find((one) => one.kind === Kind.OPERATION_DEFINITION);
    const selections = operation?.selectionSet.selections ?? [];
    return {
      document,
      fields: selections.flatMap((one) => (one.kind === Kind.FIELD ? [one.name.value] : [])),
      isWrite: operation?.operation === 'mutation',
      variables,
    };
  }

  /** What the schema refuses; such a request is a fault of the caller. */
  refusals({ document }: GraphqlRequest): readonly GraphQLError[] {
    return validate(this.#schema, document);
  }

  /** The answer, which is 200 with `errors` where something went wrong. */
  async answer(request: GraphqlRequest, world: World, token: Token): Promise<JsonRecord> {
    const { data, errors } = await execute({
      schema: this.#schema,
      document: request.document,
      variableValues: request.variables,
      rootValue: rootOf(world, token),
    });
    return { data, ...(errors && { errors: errors.map(asGithubSays) }) };
  }
}

/** `{ type: 'FORBIDDEN', path, locations, message }` */
export function asGithubSays(error: GraphQLError): JsonRecord {
  const { originalError, path, locations } = error;
  if (originalError instanceof GithubError) {
    const { status, errors, message } = originalError;
    return {
      type: TYPES[status] ?? 'INTERNAL',
      path,
      locations,
      message: errors[0]?.message ?? message,
    };
  }
  return { message: error.message, path, locations };
}
