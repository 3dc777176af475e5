import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readComments, readConversation } from '../../../action/post/conversation.ts';
import { REPOSITORY, type Stage, startStage } from './_stage.ts';

const MARKER = '<!-- fettle:report -->\nx';
let stage: Stage;
beforeEach(async () => {
  stage = await startStage();
});
afterEach(() => stage[Symbol.asyncDispose]());

function write(login: string, id: number, body = MARKER): void {
  const author = stage.repository.world.account(login);
  const date = new Date();
  const base = { id, author, body, createdAt: date, updatedAt: date, editors: [] };
  stage.pull.comments.push(base);
}

const WANTED = { comments: true, threads: true };
const read = () => readConversation(stage.api(), REPOSITORY, 1, 'report', WANTED);

describe('readConversation', () => {
  it('is one request for a short one', async () => {
    write('github-actions[bot]', 5);
    write('mallory', 6);
    write('github-actions[bot]', 7, 'something else');
    const found = await read();
    expect(found.comments.map(({ id }) => id)).toEqual([5]);
    expect(found.headSha).toBe(stage.pull.head.sha);
    expect(stage.github.calls).toHaveLength(1);
  });

  it('looks through all pages, and one beyond the page where it was found', async () => {
    for (let id = 10; id < 260; id++) write('talker', id, 'talk');
    write('github-actions[bot]', 260);
    for (let id = 300; id < 700; id++) write('talker', id, 'talk');
    expect((await read()).comments.map(({ id }) => id)).toEqual([260]);
    expect(stage.github.calls).toHaveLength(4);
  });

  it('one that people hid is no longer the one', async () => {
    write('github-actions[bot]', 5);
    const [comment] = stage.pull.comments;
    if (comment) comment.minimized = { reason: 'outdated' };
    expect((await read()).comments).toEqual([]);
  });

  it('throws what GraphQL refused', async () => {
    const missing = readConversation(stage.api(), REPOSITORY, 99, 'report', WANTED);
    await expect(missing).rejects.toThrow(/99/);
  });
});

describe('readComments', () => {
  it('by REST: of the workflow alone, over pages', async () => {
    for (let id = 10; id < 120; id++) write('talker', id, MARKER);
    write('github-actions[bot]', 120);
    const found = await readComments(stage.api(), REPOSITORY, 1, 'report');
    expect(found.comments.map(({ id }) => id)).toEqual([120]);
    expect(found.pullId).toBeUndefined();
  });
});
