/** What the stack tells its functions, by environment variables. Workers are told nothing. */
import { z } from 'zod';
import { lanesSchema } from '../shared/pipeline/distributed/lanes.ts';

const settingsSchema = z
  .object({
    FETTLE_INBOX: z.string().min(1),
    FETTLE_OUTBOX: z.string().min(1),
    FETTLE_OPTIMIZE_ARN: z.string().min(1),
    FETTLE_GATHER_ARN: z.string().min(1),
    /** Where jobs may run longer than addresses last. */
    FETTLE_RENEW_ARN: z.string().min(1).optional(),
    /** Jobs that run at once; others wait. */
    FETTLE_MAX_JOBS: z.coerce.number().int().positive(),
    FETTLE_QUIET_SECONDS: z.coerce.number().nonnegative(),
    /** Runs of a model that are kept. */
    FETTLE_KEEP_RUNS: z.coerce.number().int().positive(),
    FETTLE_EVENT_BUS: z.string().min(1),
    FETTLE_LATENCY: z.enum(['on', 'off']),
    FETTLE_LANES: z
      .string()
      .transform((text) => JSON.parse(text))
      .pipe(lanesSchema),
  })
  .transform((env) => ({
    inbox: env.FETTLE_INBOX,
    outbox: env.FETTLE_OUTBOX,
    optimizeArn: env.FETTLE_OPTIMIZE_ARN,
    gatherArn: env.FETTLE_GATHER_ARN,
    ...(env.FETTLE_RENEW_ARN !== undefined && { renewArn: env.FETTLE_RENEW_ARN }),
    maxJobs: env.FETTLE_MAX_JOBS,
    quietSeconds: env.FETTLE_QUIET_SECONDS,
    keepRuns: env.FETTLE_KEEP_RUNS,
    eventBus: env.FETTLE_EVENT_BUS,
    measuresLatency: env.FETTLE_LATENCY === 'on',
    lanes: env.FETTLE_LANES,
  }));
export type Settings = z.infer<typeof settingsSchema>;

/** @throws when a variable is missing or wrong: the stack sets all of them */
export function readSettings(
  env: Readonly<Record<string, string | undefined>> = process.env,
): Settings {
  const parsed = settingsSchema.safeParse(env);
  if (parsed.success) return parsed.data;
  throw new Error(
    `the environment of this function is not what its stack gives: ${z.prettifyError(parsed.error)}`,
  );
}
