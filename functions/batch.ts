/** The same in AWS Batch, for what takes longer or more than a function has: the address comes by the environment. */
import { workOn } from './work-on.ts';

const order = process.env.FETTLE_ORDER;
if (order === undefined) throw new Error('FETTLE_ORDER names no order');
await workOn({ id: process.env.AWS_BATCH_JOB_ID ?? 'batch', order }, 'batch');
// Children that still run, if any, go with this process.
process.exit(0);
