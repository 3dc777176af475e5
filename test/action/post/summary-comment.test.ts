import { expect, it } from 'vitest';
import type { OwnComment } from '../../../action/post/conversation.ts';
import type { GithubApi } from '../../../action/post/ports.ts';
import { postSummary } from '../../../action/post/summary-comment.ts';
import { silentLog } from '../../../shared/base/log.ts';

const PLACE = { repository: { owner: 'o', repo: 'r' }, number: 1 };
const bodyOf = (state: string, text = ''): string =>
  `<!-- fettle:report -->\n<!-- ${state} -->\n## x${text}\n`;
const comment = (id: number, body: string): OwnComment => ({ id, url: `u${id}`, body });

function apiOf(answer: (route: string) => unknown = () => ({ id: 9, html_url: 'u9' })) {
  const routes: string[] = [];
  const api: GithubApi = {
    graphql: () => Promise.reject(new Error('no GraphQL here')),
    rest: async (route, { comment_id: id }) => {
      routes.push([route.split(' ')[0], id].filter(Boolean).join(' '));
      return answer(route);
    },
  };
  return { api, routes };
}

it.each([
  ['none: it is written', [], [], ['POST'], 'u9'],
  ['the same state: nothing', [comment(3, bodyOf('aa', ' 1.2 ms'))], [], [], 'u3'],
  ['another state: it is changed', [comment(3, bodyOf('bb'))], [], ['PATCH 3'], 'u3'],
  [
    'two: the newer one goes',
    [comment(3, bodyOf('aa')), comment(4, bodyOf('aa'))],
    [],
    ['DELETE 4'],
    'u3',
  ],
  [
    'another job wrote one meanwhile: the older stays, with what is newer',
    [],
    [comment(9, bodyOf('aa')), comment(8, bodyOf('bb'))],
    ['POST', 'DELETE 9', 'PATCH 8'],
    'u8',
  ],
] as const)('%s', async (_, found, again, routes, url) => {
  const stand = apiOf();
  const reread = () => Promise.resolve(again);
  expect(await postSummary(stand.api, PLACE, bodyOf('aa'), found, reread, silentLog)).toBe(url);
  expect(stand.routes).toEqual(routes);
});

it('without a state the text itself is compared, whatever its line ends', async () => {
  const stand = apiOf();
  const body = '<!-- fettle:report -->\n## x\n';
  const found = [comment(3, body.replaceAll('\n', '\r\n'))];
  await postSummary(stand.api, PLACE, body, found, async () => [], silentLog);
  expect(stand.routes).toEqual([]);
});

it('what another job removed already is fine; what may not be removed is not', async () => {
  const found = [comment(3, bodyOf('aa')), comment(4, bodyOf('aa'))];
  const refuse = (status: number) =>
    apiOf(() => {
      throw Object.assign(new Error('no'), { status });
    }).api;
  const run = (status: number) =>
    postSummary(refuse(status), PLACE, bodyOf('aa'), found, async () => [], silentLog);
  expect(await run(404)).toBe('u3');
  await expect(run(403)).rejects.toThrow('no');
});
