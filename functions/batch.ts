/** The same in AWS Batch, for what takes longer or more than a function has; `start.ts` says where the order is. */
import { AddressExpired } from '../shared/pipeline/distributed/http-transfer.ts';
import { EXPIRED_EXIT_CODE } from './state-error.ts';
import { workOn } from './work-on.ts';
import { takeOrder } from './worker/order-file.ts';

const path = process.env.FETTLE_ORDER_FILE;
if (path === undefined) throw new Error('FETTLE_ORDER_FILE names no file');
try {
  await workOn({ id: process.env.AWS_BATCH_JOB_ID ?? 'batch', order: takeOrder(path) }, 'batch');
} catch (error) {
  if (!(error instanceof AddressExpired)) throw error;
  console.error(error.message);
  process.exit(EXPIRED_EXIT_CODE);
}
// Children that still run, if any, go with this process.
process.exit(0);
