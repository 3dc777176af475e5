/**
 * What functions cost for one model dropped into the inbox of the emulated stack, with everything that is made of it by
 * default: GB-seconds as the emulator meters them, at the price of x86_64. Not in it: requests to S3, transitions.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { freshFolder } from '../scripts/functions/fresh-folder.ts';
import { makeTempDir } from '../shared/base/files.ts';
import { COMPUTE, FUNCTION_CALL } from '../shared/pipeline/distributed/prices.ts';
import { usageOf } from '../test/e2e/_swarm.ts';
import { startStack } from '../test/emulators/stack/start-stack.ts';
import { synthesize } from '../test/emulators/stack/synthesize.ts';
import { mobileNetV2 } from './_mobilenet-v2.ts';

const example = (name: string): Uint8Array =>
  readFileSync(new URL(`../examples/digits/${name}`, import.meta.url));

/** Of the issue: for a model of 25 MB. */
const BAR = 0.02;

const { model } = await mobileNetV2(join(makeTempDir('cost'), 'mobilenet-v2.onnx'));

const CASES = {
  'digits, 91 kB, with 450 samples': [
    ['digits.keras', example('digits.keras')],
    ['test.npz', example('test.npz')],
  ],
  'MobileNetV2, 14 MB, without data': [['mobilenet.onnx', readFileSync(model)]],
} as const;

for (const [name, files] of Object.entries(CASES)) {
  const template = await synthesize({ quietSeconds: 1 });
  await using stack = await startStack({ template, root: await freshFolder(), environments: 2 });
  const { InboxName: Bucket } = stack.outputs;
  const started = performance.now();
  for (const [key, Body] of files)
    await stack.storage.client.send(new PutObjectCommand({ Bucket, Key: `one/${key}`, Body }));
  await stack.settled();
  const seconds = (performance.now() - started) / 1000;
  const { gbSeconds, invocations } = usageOf(stack);
  const dollars = gbSeconds * COMPUTE.x64.functionGbSecond + invocations * FUNCTION_CALL;
  const holds = dollars <= BAR;
  console.log(
    `${name.padEnd(34)} ${seconds.toFixed(0)} s  ${invocations} calls  ${gbSeconds.toFixed(0)} GB-s  $${dollars.toFixed(4)}  ${holds ? 'holds' : 'BROKEN'}`,
  );
  if (!holds) process.exitCode = 1;
}
