/** From a request to its answer: who asks, how often, whether it may, whether it is well formed; then the route. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { GraphQLError } from 'graphql';
import { allows, sees } from './access.ts';
import { Call, type Reply } from './call.ts';
import type { Contract, Match } from './contract.ts';
import { GithubError, notAccessible, notFound } from './errors.ts';
import { asError, type Fault, type Faults } from './faults.ts';
import { asGithubSays, type Graphql } from './graphql.ts';
import { LFS_MEDIA, lfsBatch, lfsDownload, lfsRequestOf, lfsToken } from './lfs.ts';
import { isRecord, type JsonRecord } from './prune-openapi.ts';
import type { Rates } from './rates.ts';
import { ROUTES } from './routes/index.ts';
import type { Token, World } from './world.ts';

/** One request that was answered. */
export interface CallLine {
  /** `issues/create-comment`, `graphql/viewer`, `lfs/batch`; `?` is no route that is emulated. */
  readonly operation: string;
  readonly method: string;
  readonly path: string;
  /** 0 where the connection ended without an answer. */
  readonly status: number;
  /** Whose token it was. */
  readonly login: string;
  /** Changes something at GitHub. */
  readonly isWrite: boolean;
  /** Milliseconds since 1970 at which it came. */
  readonly receivedAt: number;
}

export interface ServerOptions {
  readonly world: World;
  readonly contract: Contract;
  readonly graphql: Graphql;
  readonly rates: Rates;
  readonly faults: Faults;
}

/** A request while it is answered. */
interface Exchange {
  readonly method: string;
  readonly url: URL;
  readonly request: IncomingMessage;
  readonly bytes: Uint8Array;
  readonly receivedAt: number;
  operation: string;
  login: string;
  isWrite: boolean;
  /** Of every answer. */
  headers: Readonly<Record<string, string>>;
}

/** Of a request; more than any that GitHub takes. */
const LARGEST_BODY = 64 * 1024 * 1024;

export class Server {
  readonly #options: ServerOptions;
  readonly #writing = new Map<string, number>();
  #calls: CallLine[] = [];
  #problems: string[] = [];
  #parallelWrites = 0;

  constructor(options: ServerOptions) {
    this.#options = options;
  }

  get calls(): readonly CallLine[] {
    return this.#calls;
  }

  get problems(): readonly string[] {
    return this.#problems;
  }

  get parallelWrites(): number {
    return this.#parallelWrites;
  }

  forget(): void {
    this.#calls = [];
    this.#parallelWrites = 0;
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const receivedAt = Date.now();
    const exchange: Exchange = {
      receivedAt,
      method: request.method ?? 'GET',
      url: new URL(request.url ?? '/', this.#options.world.serverUrl),
      request,
      bytes: await bodyOf(request),
      operation: '?',
      login: '',
      isWrite: false,
      headers: {},
    };
    const { reply, isLost } = await this.#outcome(exchange);
    const { method, operation, login, isWrite, url } = exchange;
    const status = isLost ? 0 : reply.status;
    const path = url.pathname;
    this.#calls.push({ operation, method, path, status, login, isWrite, receivedAt });
    if (isLost) response.destroy();
    else send(response, reply, exchange.headers);
  }

  async #outcome(exchange: Exchange): Promise<{ reply: Reply; isLost: boolean }> {
    try {
      return await this.#route(exchange);
    } catch (error) {
      if (error instanceof GithubError)
        return {
          reply: { status: error.status, body: error.body, headers: error.headers },
          isLost: false,
        };
      const message = error instanceof Error ? error.message : String(error);
      this.#problems.push(`the emulator failed: ${exchange.operation}: ${message}`);
      return { reply: { status: 500, body: { message } }, isLost: false };
    }
  }

  #route(exchange: Exchange): Promise<{ reply: Reply; isLost: boolean }> {
    const { pathname } = exchange.url;
    if (lfsRequestOf(pathname)) return this.#lfs(exchange);
    if (exchange.request.headers['user-agent'] === undefined)
      throw new GithubError(403, 'Request forbidden by administrative rules.');
    const path = pathname.replace(/^\/api\/v3(?=\/)/, '');
    return /^(\/api)?\/graphql$/.test(path) ? this.#graphql(exchange) : this.#rest(exchange, path);
  }

  async #rest(exchange: Exchange, path: string): Promise<{ reply: Reply; isLost: boolean }> {
    const { world, contract } = this.#options;
    const token = this.#tokenOf(exchange);
    const match = contract.find(exchange.method, path);
    if (!match) {
      this.#problems.push(`not emulated: ${exchange.method} ${path}`);
      throw notFound();
    }
    const route = ROUTES[match.id];
    exchange.operation = match.id;
    exchange.isWrite = exchange.method !== 'GET';
    const body = jsonOf(exchange.bytes);
    return this.#within(exchange, token, [match.id], route.isContent ?? false, () => {
      const call = new Call({
        world,
        token,
        url: exchange.url,
        params: match.params,
        body,
        accept: exchange.request.headers.accept ?? '',
      });
      this.#checkAccess(match, call);
      contract.checkRequest(match, exchange.url.searchParams, body);
      for (const name of contract.unknowns(match, exchange.url.searchParams, body))
        this.#problems.push(`${match.id}: GitHub knows no ${name}`);
      const reply = route.run(call);
      if (reply.raw) return reply;
      return { ...reply, body: contract.complete(match, reply) };
    });
  }

  #checkAccess(match: Match, { token, world, params }: Call): void {
    if (params.owner === undefined) return;
    const repository = world.repository(params.owner, params.repo ?? '');
    if (!repository || !sees(token, repository)) throw notFound();
    if (!allows(token, repository, ROUTES[match.id].needs)) throw notAccessible();
  }

  async #graphql(exchange: Exchange): Promise<{ reply: Reply; isLost: boolean }> {
    const { world, graphql } = this.#options;
    const token = this.#tokenOf(exchange);
    const { query, variables } = jsonOf(exchange.bytes);
    try {
      const asked = graphql.read(String(query ?? ''), isRecord(variables) ? variables : {});
      const operations = asked.fields.map((field) => `graphql/${field}`);
      exchange.operation = operations.join(' ');
      exchange.isWrite = asked.isWrite;
      const isContent = asked.fields.some((field) => /^add|^submit/.test(field));
      return await this.#within(exchange, token, operations, isContent, async () => {
        const refusals = graphql.refusals(asked);
        for (const { message } of refusals) this.#problems.push(`graphql: ${message}`);
        const body =
          refusals.length > 0
            ? { errors: refusals.map(asGithubSays) }
            : await graphql.answer(asked, world, token);
        return { status: 200, body };
      });
    } catch (error) {
      if (!(error instanceof GraphQLError)) throw error;
      this.#problems.push(`graphql: ${error.message}`);
      return { reply: { status: 200, body: { errors: [asGithubSays(error)] } }, isLost: false };
    }
  }

  async #lfs(exchange: Exchange): Promise<{ reply: Reply; isLost: boolean }> {
    const { world } = this.#options;
    const { url, request } = exchange;
    const asked = lfsRequestOf(url.pathname);
    if (!asked) throw notFound();
    exchange.operation = `lfs/${asked.kind}`;
    const authorization = request.headers.authorization ?? '';
    return this.#withFaults([exchange.operation], () => {
      if (asked.kind === 'download') {
        const isSigned = url.searchParams.get('signature') === 'valid';
        const bytes = lfsDownload(world, asked, { isSigned, authorization });
        return { status: 200, raw: { type: 'application/octet-stream', bytes } };
      }
      if (request.headers.accept !== LFS_MEDIA)
        throw new GithubError(406, `the batch API answers ${LFS_MEDIA} only`);
      const token = lfsToken(world, authorization);
      exchange.login = token.account.login;
      const answer = lfsBatch(world, token, asked, jsonOf(exchange.bytes));
      const bytes = Buffer.from(JSON.stringify(answer));
      return { status: 200, raw: { type: LFS_MEDIA, bytes } };
    });
  }

  /** @throws GithubError 401 */
  #tokenOf(exchange: Exchange): Token {
    const header = exchange.request.headers.authorization ?? '';
    if (header === '') throw new GithubError(401, 'Requires authentication');
    const [, value = ''] = /^(?:token|bearer) (\S+)$/i.exec(header) ?? [];
    const token = this.#options.world.tokens.get(value);
    if (!token) throw new GithubError(401, 'Bad credentials');
    exchange.login = token.account.login;
    return token;
  }

  /** Within the token's rates; writes of one token at the same time are counted. */
  async #within(
    exchange: Exchange,
    token: Token,
    operations: readonly string[],
    isContent: boolean,
    run: () => Reply | Promise<Reply>,
  ): Promise<{ reply: Reply; isLost: boolean }> {
    const { rates } = this.#options;
    const { isWrite } = exchange;
    const writing = (this.#writing.get(token.value) ?? 0) + (isWrite ? 1 : 0);
    this.#writing.set(token.value, writing);
    this.#parallelWrites = Math.max(this.#parallelWrites, writing);
    try {
      exchange.headers = rates.begin(token, { isWrite, isContent });
      return await this.#withFaults(operations, run);
    } finally {
      rates.end(token);
      const left = (this.#writing.get(token.value) ?? 0) - (isWrite ? 1 : 0);
      this.#writing.set(token.value, left);
    }
  }

  async #withFaults(
    operations: readonly string[],
    run: () => Reply | Promise<Reply>,
  ): Promise<{ reply: Reply; isLost: boolean }> {
    const fault = this.#options.faults.next(operations);
    if (fault?.delay !== undefined) await pause(fault.delay);
    if (fault?.connection === 'reset') return { reply: { status: 0 }, isLost: true };
    if (fault?.status !== undefined) {
      const reply = faultReply(fault, operations);
      return { reply, isLost: false };
    }
    return { reply: await run(), isLost: fault?.connection === 'lost' };
  }
}

/** What GraphQL says of its own accord comes with status 200. */
function faultReply(fault: Fault, operations: readonly string[]): Reply {
  const error = asError(fault);
  const isOwn = operations.some((one) => one.startsWith('graphql/'));
  if (!isOwn || ![403, 404, 422].includes(error.status) || error.headers['retry-after'])
    throw error;
  const path = operations.slice(0, 1).map((one) => one.replace('graphql/', ''));
  const told = new GraphQLError(error.message, { originalError: error, path });
  return { status: 200, body: { data: null, errors: [asGithubSays(told)] } };
}

function jsonOf(bytes: Uint8Array): JsonRecord {
  if (bytes.length === 0) return {};
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString());
    if (isRecord(value)) return value;
  } catch {
    // Told below, as any other body that is no object.
  }
  throw new GithubError(400, 'Problems parsing JSON');
}

async function bodyOf(request: IncomingMessage): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size <= LARGEST_BODY) chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function send(
  response: ServerResponse,
  reply: Reply,
  headers: Readonly<Record<string, string>>,
): void {
  const type = reply.raw?.type ?? 'application/json; charset=utf-8';
  const json = reply.body === undefined ? '' : JSON.stringify(reply.body);
  response.writeHead(reply.status, {
    ...headers,
    ...reply.headers,
    'x-github-request-id': 'EMUL:0001',
    ...((reply.raw || json !== '') && { 'content-type': type }),
  });
  response.end(reply.raw ? reply.raw.bytes : json);
}
