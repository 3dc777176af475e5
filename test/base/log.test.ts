import { expect, test } from 'vitest';
import { collectingLog, silentLog } from '../../shared/base/log.ts';

test('a collecting log keeps level and order', () => {
  const log = collectingLog();
  log.info('one');
  log.warn('two');
  log.debug('three');
  silentLog.warn('nobody hears');
  expect(log.lines).toEqual(['info: one', 'warn: two', 'debug: three']);
});
