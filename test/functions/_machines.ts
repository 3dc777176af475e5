/** State machines that only wait, in the places of the stack's: what was started shows what a function did. */
import { afterAll, beforeAll, vi } from 'vitest';
import { type StatesEmulator, startStates } from '../emulators/states/start-states.ts';

export interface Machines {
  /** Inputs of all executions of a machine, in the order of their starts. */
  inputs(machine: 'gather' | 'optimize'): unknown[];
}

/** Starts them for the tests of a file; the environment names them. */
export function withMachines(): Machines {
  let states: StatesEmulator | undefined;
  const inputs: Record<string, unknown[]> = { gather: [], optimize: [] };
  beforeAll(async () => {
    const started = await startStates({
      onStatus: ({ status, options }) => {
        const name = /:execution:(\w+):/.exec(options.arn)?.[1] ?? '';
        if (status === 'RUNNING') inputs[name]?.push(JSON.parse(options.input));
      },
    });
    states = started;
    const definition = JSON.stringify({
      QueryLanguage: 'JSONata',
      StartAt: 'Wait',
      States: { Wait: { Type: 'Wait', Seconds: 100_000, End: true } },
    });
    const role = 'arn:aws:iam::123456789012:role/r';
    vi.stubEnv('AWS_ENDPOINT_URL_SFN', started.endpoint);
    vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'true');
    for (const name of ['gather', 'optimize'])
      vi.stubEnv(
        `FETTLE_${name.toUpperCase()}_ARN`,
        started.service.createMachine(name, definition, role),
      );
  });
  afterAll(async () => {
    await states?.close();
  });
  return { inputs: (machine) => inputs[machine] ?? [] };
}
