import { expect, it } from 'vitest';
import {
  COMPUTE,
  CONTAINER_DISK_GB_HOUR,
  FUNCTION_CALL,
  FUNCTION_DISK_GB_SECOND,
  PRICES_OF,
  S3_READ,
  S3_WRITE,
  STATE_TRANSITION,
} from '../../../shared/pipeline/distributed/prices.ts';

it('arithmetic that AWS’s own pages do comes out as there', () => {
  const { x64, arm64 } = COMPUTE;
  // 1,024 MB for a millisecond, of the table of the page on Lambda; 10,240 MB of it for a whole 15 minutes.
  expect(x64.functionGbSecond / 1000).toBeCloseTo(0.0000000167, 10);
  expect(10 * 900 * x64.functionGbSecond).toBeCloseTo(0.15, 3);
  expect(10 * 900 * arm64.functionGbSecond).toBeCloseTo(0.12, 3);
  // One CPU with 4 GB, all of a month of 30 days.
  expect(720 * (x64.containerCpuHour + 4 * x64.containerGbHour)).toBeCloseTo(41.95, 2);
  expect(1e6 * FUNCTION_CALL).toBeCloseTo(0.2, 9);
  expect(1000 * STATE_TRANSITION).toBeCloseTo(0.025, 9);
  expect(1000 * S3_WRITE).toBeCloseTo(0.005, 9);
  expect(1000 * S3_READ).toBeCloseTo(0.0004, 9);
  expect(FUNCTION_DISK_GB_SECOND).toBeLessThan(x64.functionGbSecond / 100);
  expect(CONTAINER_DISK_GB_HOUR).toBeLessThan(x64.containerGbHour / 10);
  expect(PRICES_OF.date).toMatch(/^\d{4}-\d{2}$/);
});
