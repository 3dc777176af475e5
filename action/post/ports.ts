/** What posting needs of GitHub, so that tests can stand in for it. */

/** An answer of GraphQL: what could be done beside what could not. */
export interface GraphqlAnswer {
  readonly data: unknown;
  /** Empty where all went well. `path[0]` is the alias of the mutation that was refused. */
  readonly errors: readonly {
    readonly message: string;
    readonly type?: string | undefined;
    readonly path?: readonly (string | number)[] | undefined;
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
