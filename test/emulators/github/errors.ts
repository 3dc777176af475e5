/** What GitHub answers instead of a result. */

/** One of `errors` in a 422. */
export interface FieldError {
  readonly resource: string;
  readonly code: string;
  readonly field: string;
  readonly message?: string;
}

export class GithubError extends Error {
  readonly status: number;
  readonly errors: readonly FieldError[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    message: string,
    options: {
      readonly errors?: readonly FieldError[];
      readonly headers?: Readonly<Record<string, string>>;
    } = {},
  ) {
    super(message);
    this.status = status;
    this.errors = options.errors ?? [];
    this.headers = options.headers ?? {};
  }

  get body(): object {
    return {
      message: this.message,
      ...(this.errors.length > 0 && { errors: this.errors }),
      documentation_url: 'https://docs.github.com/rest',
      status: String(this.status),
    };
  }
}

export const notFound = (): GithubError => new GithubError(404, 'Not Found');

/** What a workflow's token meets where its `permissions` do not reach. */
export const notAccessible = (): GithubError =>
  new GithubError(403, 'Resource not accessible by integration');

/** A value that the schema allows and GitHub does not. */
export const invalid = (resource: string, field: string, message?: string): GithubError =>
  new GithubError(422, 'Validation Failed', {
    errors: [
      {
        resource,
        field,
        code: message === undefined ? 'invalid' : 'unprocessable',
        ...(message !== undefined && { message }),
      },
    ],
  });
