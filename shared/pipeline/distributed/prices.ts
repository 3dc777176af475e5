/**
 * What AWS asks for, in US dollars: list prices of us-east-1 without what is free of charge, as of June 2026. Sources:
 * aws.amazon.com/lambda/pricing, /fargate/pricing, /step-functions/pricing, /s3/pricing.
 */
import type { architectureOf } from '../../runtime/machine.ts';

export const PRICES_OF = { region: 'us-east-1', date: '2026-06' } as const;

export type Architecture = ReturnType<typeof architectureOf>;

interface ComputePrices {
  readonly functionGbSecond: number;
  /** Of a container on Fargate, on demand; Spot is some 70 % less, and changes. */
  readonly containerCpuHour: number;
  readonly containerGbHour: number;
}

export const COMPUTE: Readonly<Record<Architecture, ComputePrices>> = {
  x64: {
    functionGbSecond: 0.0000166667,
    containerCpuHour: 0.04048,
    containerGbHour: 0.004445,
  },
  arm64: {
    functionGbSecond: 0.0000133334,
    containerCpuHour: 0.03238,
    containerGbHour: 0.00356,
  },
};

/** Above the 512 MB that every function has. */
export const FUNCTION_DISK_GB_SECOND = 0.0000000309;

export const FUNCTION_CALL = 0.2 / 1_000_000;

/** Above the 20 GB that every container has. */
export const CONTAINER_DISK_GB_HOUR = 0.000111;

/** Of a state machine of the kind STANDARD. */
export const STATE_TRANSITION = 0.025 / 1000;

/** PUT, COPY, POST and LIST. */
export const S3_WRITE = 0.005 / 1000;

/** GET and all others. */
export const S3_READ = 0.0004 / 1000;
