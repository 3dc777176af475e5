/** The function `api` of a stack that has compared everything before: it answers at once, as a test decides. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type ApiAnswer,
  type ApiRequest,
  apiRequestSchema,
} from '../../shared/pipeline/distributed/api-messages.ts';

export interface StubApi extends AsyncDisposable {
  /** Environment of whoever asks it. */
  readonly env: Readonly<Record<string, string>>;
  /** Messages in the order in which they came. */
  readonly asked: ApiRequest[];
}

type Compare = Extract<ApiRequest, { action: 'compare' }>;

/** Lambda's Invoke for one function. */
export async function startStubApi(answer: (message: Compare) => ApiAnswer): Promise<StubApi> {
  const asked: ApiRequest[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    try {
      const message = apiRequestSchema.parse(JSON.parse(Buffer.concat(chunks).toString()));
      asked.push(message);
      if (message.action !== 'compare') throw new Error(`nothing is running: ${message.action}`);
      response.end(JSON.stringify(answer(message)));
    } catch (error) {
      response.setHeader('x-amz-function-error', 'Unhandled');
      response.end(JSON.stringify({ errorMessage: String(error) }));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    env: {
      AWS_ENDPOINT_URL_LAMBDA: `http://127.0.0.1:${port}`,
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
    },
    asked,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
