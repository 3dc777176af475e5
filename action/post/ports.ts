/** What posting needs of GitHub and of the runner, so that tests can stand in for both. */

/** An answer of GraphQL: what could be done beside what could not. */
export interface GraphqlAnswer {
  readonly data: unknown;
  /** Empty where all went well. `path[0]` is the alias of the mutation that was refused. */
  readonly errors: readonly {
    readonly message: string;
    readonly type?: string;
    readonly path?: readonly (string | number)[];
  }[];
}

/** Calls are made one after the other; retries and rate limits are the client's work. */
export interface GithubApi {
  /**
   * One REST call, `GET /repos/{owner}/{repo}/issues`; gives the body of the answer. An error carries
   * GitHub's `status`.
   */
  rest(route: string, parameters: Readonly<Record<string, unknown>>): Promise<unknown>;
  /** One GraphQL call; throws only where HTTP failed. */
  graphql(query: string, variables: Readonly<Record<string, unknown>>): Promise<GraphqlAnswer>;
}

/** A line of a file in the repository, where an annotation stands. */
export interface AnnotatedPlace {
  readonly title?: string;
  readonly file?: string;
  readonly startLine?: number;
}

/** The log of a step: `error`, `warning` and `notice` are annotations too. */
export interface PostLog {
  info(message: string): void;
  notice(message: string, at?: AnnotatedPlace): void;
  warning(message: string, at?: AnnotatedPlace): void;
  error(message: string, at?: AnnotatedPlace): void;
}

/** Where everything is posted. */
export interface Repository {
  readonly owner: string;
  readonly repo: string;
}
