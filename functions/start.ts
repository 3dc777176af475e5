/** Where every container begins: Lambda's runtime interface client when Lambda started it, else one order of AWS Batch. */
const RUNTIME_CLIENT = '/opt/ric/index.mjs';

if (process.env.AWS_LAMBDA_RUNTIME_API === undefined) await import('./batch.ts');
else await import(RUNTIME_CLIENT);
