/** The same in AWS Batch, for what takes longer or more than a function has; `start.ts` says where the order is. */
import { workOn } from './work-on.ts';
import { takeOrder } from './worker/order-file.ts';

const path = process.env.FETTLE_ORDER_FILE;
if (path === undefined) throw new Error('FETTLE_ORDER_FILE names no file');
await workOn({ id: process.env.AWS_BATCH_JOB_ID ?? 'batch', order: takeOrder(path) }, 'batch');
// Children that still run, if any, go with this process.
process.exit(0);
