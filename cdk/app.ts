/**
 * The application that the CDK deploys: `npx cdk deploy`. Change the properties below to your needs; all of them
 * are in `docs/deploy.md`.
 */
import { App } from 'aws-cdk-lib';
import { FLAGS } from './flags.ts';
import { FettleStack } from './stack.ts';

const app = new App({ outdir: process.env.CDK_OUTDIR ?? 'cdk.out', context: FLAGS });
const image: unknown = app.node.tryGetContext('image');

new FettleStack(app, 'Fettle', {
  description: 'Fettle: converts models, makes them small and fast, proves that they are right',
  ...(typeof image === 'string' && { image }),
});

app.synth();
