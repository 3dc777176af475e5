/** A client that knows nothing of GitHub but how to authenticate. */
import { request } from 'node:http';
import type { GithubEmulator } from './start-github.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly bytes: Buffer;
  /** The JSON, whatever it is. */
  readonly data: Data;
}

/** What a test reads out of an answer: a wrong name is `undefined` and fails there. */
export interface Data {
  readonly [name: string]: Data;
}

/** Sends requests with one token. */
export class Client {
  readonly #github: GithubEmulator;
  readonly #token: string;

  constructor(github: GithubEmulator, token: string) {
    this.#github = github;
    this.#token = token;
  }

  /** `GET /repos/octo/models` */
  rest(
    route: string,
    body?: object,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    const [method = 'GET', path = ''] = route.split(' ');
    return this.#send(method, `${this.#github.apiUrl}${path}`, body, headers);
  }

  async graphql(query: string, variables: object = {}): Promise<Data> {
    const { data } = await this.#send('POST', this.#github.graphqlUrl, { query, variables });
    return data;
  }

  #send(
    method: string,
    url: string,
    body: object | undefined,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const sent = request(url, {
      method,
      headers: { authorization: `Bearer ${this.#token}`, 'user-agent': 'test', ...headers },
    });
    sent.on('error', reject);
    sent.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const bytes = Buffer.concat(chunks);
        const isJson = response.headers['content-type']?.startsWith('application/json');
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          bytes,
          data: isJson ? JSON.parse(bytes.toString()) : {},
        });
      });
    });
    sent.end(body === undefined ? undefined : JSON.stringify(body));
    return promise;
  }
}
