import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { resolveJob } from '../../../shared/pipeline/job.ts';
import { readSides, sideSource, sideTasks } from '../../../shared/pipeline/stages/side.ts';

const DIGITS = 'test/fixtures/tensorflow/digits_cnn';
const job = (source: string, settings = {}) =>
  resolveJob({ source: `${DIGITS}/${source}`, folder: process.cwd(), settings, where: String });
const base = (name: string) => ({ path: resolve(DIGITS, name), shown: name });

test('what a reader is told goes to the side that it means something to', async () => {
  const asked = job('saved_keras3', { signature: 'serve' });
  const { head, base: other } = await readSides(asked, base('model.keras'), {});
  expect(head.job.signature).toBe('serve');
  expect(other?.job.signature).toBeUndefined();
  expect(other?.job.shownSource).toBe('model.keras');
});

test('a cut of one graph is none of the other model', async () => {
  const asked = job('frozen.pb', { cut: ['Relu:0'] });
  const { head, base: other } = await readSides(asked, base('model.keras'), {});
  expect([head.job.cut, other?.job.cut]).toEqual([['Relu:0'], undefined]);
});

test('what means nothing to either is refused', async () => {
  const asked = job('model.keras', { outputs: ['probs'] });
  const both = readSides(asked, base('model_keras3.h5'), {});
  await expect(both).rejects.toMatchObject({
    exitCode: 2,
    message: expect.stringMatching(/outputs/),
  });
  await expect(readSides(asked, undefined, {})).rejects.toMatchObject({ exitCode: 2 });
});

test('tasks of two sides are told apart; ONNX needs none', async () => {
  const { head, base: other } = await readSides(job('model.keras'), base('model.onnx'), {});
  const { reading, proving } = sideTasks(head);
  expect([...reading, ...proving].map(({ id, title }) => `${id}: ${title}`)).toEqual([
    'import head: ONNX: read the head',
    'prepare head: float32: optimize the head exactly',
    'verify head: conversion: compare the head with its source',
  ]);
  expect(other && sideTasks(other)).toEqual({ reading: [], proving: [] });
  const alone = await readSides(job('model.keras'), undefined, {});
  expect(sideTasks(alone.head).reading[0]).toMatchObject({
    id: 'import',
    title: 'ONNX: read the model',
  });
});

test('the report’s source says what was proved, or what is true without a proof', async () => {
  const { head } = await readSides(job('model.keras'), undefined, {});
  expect(sideSource(head, undefined, 'not verified')).toMatchObject({
    path: `${DIGITS}/model.keras`,
    format: 'keras',
    bytes: 90680,
    verified: 'not verified',
  });
  const proof = { verified: 'DOES NOT AGREE', agrees: false, notes: [] };
  expect(sideSource(head, proof, '')).toMatchObject({ verified: 'DOES NOT AGREE', agrees: false });
});
