import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Stage, startStage } from './_stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage[Symbol.asyncDispose]());

test('REST gives the body, and an error its status', async () => {
  const api = stage.api();
  const repository = { owner: 'octo', repo: 'models' };
  expect(await api.rest('GET /repos/{owner}/{repo}', repository)).toMatchObject({ name: 'models' });
  const missing = api.rest('GET /repos/{owner}/{repo}/issues/{issue_number}', {
    ...repository,
    issue_number: 99,
  });
  await expect(missing).rejects.toMatchObject({ status: 404 });
});

test('GraphQL gives what could be done beside what could not, and throws for HTTP alone', async () => {
  const api = stage.api();
  const query = `query Two($name: String!) {
    good: repository(owner: "octo", name: "models") { name }
    bad: repository(owner: "octo", name: $name) { name }
  }`;
  const answer = await api.graphql(query, { name: 'none' });
  expect(answer.data).toMatchObject({ good: { name: 'models' }, bad: null });
  expect(answer.errors).toMatchObject([{ type: 'NOT_FOUND', path: ['bad'] }]);
  stage.github.addFaults({ operation: /^graphql/, connection: 'reset' });
  await expect(api.graphql(query, { name: 'none' })).rejects.toThrow();
  stage.github.clearFaults();
});
