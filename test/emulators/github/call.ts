/** One request on its way to a route, and what the route gives. */
import { notFound } from './errors.ts';
import { type Issue, isPull, type Pull } from './model.ts';
import type { JsonRecord } from './prune-openapi.ts';
import type { Repository } from './repository.ts';
import type { Token, World } from './world.ts';

export interface Reply {
  readonly status: number;
  /** Of the JSON answer; members that the schema demands beyond these are filled in. */
  readonly body?: unknown;
  /** Another shape of the answer, asked for by media type. */
  readonly variant?: 'object';
  /** Instead of JSON. */
  readonly raw?: { readonly type: string; readonly bytes: Uint8Array };
  readonly headers?: Readonly<Record<string, string>>;
}

export interface CallOptions {
  readonly world: World;
  readonly token: Token;
  readonly url: URL;
  /** Out of the path, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly body: JsonRecord;
  readonly accept: string;
}

/** GitHub's own: without `per_page`, and at most. */
const PAGE = 30;
const LARGEST_PAGE = 100;

export class Call {
  readonly world: World;
  readonly token: Token;
  readonly params: Readonly<Record<string, string>>;
  readonly body: JsonRecord;
  readonly #url: URL;
  readonly #accept: string;

  constructor({ world, token, url, params, body, accept }: CallOptions) {
    this.world = world;
    this.token = token;
    this.params = params;
    this.body = body;
    this.#url = url;
    this.#accept = accept;
  }

  param(name: string): string {
    return this.params[name] ?? '';
  }

  query(name: string): string | undefined {
    return this.#url.searchParams.get(name) ?? undefined;
  }

  /** A text of the body, whose type the schema has checked. */
  text(name: string): string | undefined {
    const value = this.body[name];
    return typeof value === 'string' ? value : undefined;
  }

  /** Asks for `application/vnd.github.raw+json` or the like. */
  wants(media: string): boolean {
    return new RegExp(`application/vnd\\.github\\.(v3\\.)?${media}\\b`).test(this.#accept);
  }

  /** The one that the path names. @throws GithubError 404 */
  get repository(): Repository {
    const found = this.world.repository(this.param('owner'), this.param('repo'));
    if (!found) throw notFound();
    return found;
  }

  /** @throws GithubError 404 */
  issue(): Issue {
    const found = this.repository.issues.get(Number(this.param('issue_number')));
    if (!found) throw notFound();
    return found;
  }

  /** @throws GithubError 404 */
  pull(): Pull {
    const found = this.repository.issues.get(Number(this.param('pull_number')));
    if (!found || !isPull(found)) throw notFound();
    return found;
  }

  /** One page of a list, with the `link` header to the others. */
  page<T>(all: readonly T[], show: (item: T) => unknown): Reply {
    const size = Math.min(LARGEST_PAGE, positive(this.query('per_page')) ?? PAGE);
    const page = positive(this.query('page')) ?? 1;
    const last = Math.max(1, Math.ceil(all.length / size));
    const link = linksOf(this.#url, page, last);
    return {
      status: 200,
      body: all.slice((page - 1) * size, page * size).map(show),
      ...(link !== '' && { headers: { link } }),
    };
  }
}

function positive(text: string | undefined): number | undefined {
  const value = Number(text);
  return Number.isInteger(value) && value > 0 ? value : undefined;
}

/** `<…&page=2>; rel="next", <…&page=5>; rel="last"` */
function linksOf(url: URL, page: number, last: number): string {
  const to = (rel: string, number: number): string => {
    const target = new URL(url);
    target.searchParams.set('page', String(number));
    return `<${target.href}>; rel="${rel}"`;
  };
  return [
    ...(page > 1 ? [to('prev', Math.min(page - 1, last))] : []),
    ...(page < last ? [to('next', page + 1), to('last', last)] : []),
    ...(page > 1 ? [to('first', 1)] : []),
  ].join(', ');
}
