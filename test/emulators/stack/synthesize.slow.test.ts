import { describe, expect, it } from 'vitest';
import { matchesPattern } from '../events/pattern.ts';
import { parseDefinition } from '../states/definition.ts';
import { Policies } from './policies.ts';
import { readJobQueues, readJobs } from './read-jobs.ts';
import * as read from './read-stack.ts';
import { Resolver } from './resolve.ts';
import { type EmulatedProps, synthesize } from './synthesize.ts';

async function stackOf(props: EmulatedProps): Promise<Resolver> {
  const template = await synthesize(props);
  return new Resolver({ template, region: 'us-east-1', account: '123456789012', stackName: 'F' });
}

describe("Fettle's own stack", () => {
  it.each<[string, EmulatedProps]>([
    ['as it is', {}],
    ['with a queue of Batch', { cpuQueue: {}, latency: false, maxJobs: 3, quietSeconds: 1 }],
  ])('%s, is understood by the emulators', async (_, props) => {
    const stack = await stackOf(props);
    expect(() => read.refuseUnknownTypes(stack.types())).not.toThrow();
    const definitions = read.readMachines(stack).map(({ definition }) => definition);
    // Orders of jobs of Batch are signed anew by a machine of its own.
    expect(definitions).toHaveLength(props.cpuQueue ? 3 : 2);
    for (const definition of definitions) parseDefinition(definition);
    for (const { rule } of read.readRules(stack)) matchesPattern(rule.pattern, {});
    const functions = read.readFunctions(stack);
    const { roles } = new Policies(stack);
    expect(functions.filter(({ role }) => !roles.includes(role))).toEqual([]);
    expect(functions.find(({ name }) => name === 'fettle-api')?.settings.aliases).toEqual({
      live: '1',
    });
    const queues = read.readQueues(stack).map(({ arn }) => arn);
    expect(read.readMappings(stack).filter(({ queueArn }) => !queues.includes(queueArn))).toEqual(
      [],
    );
    expect(read.readSchedules(stack)).toHaveLength(1);
    expect(readJobs(stack)).toHaveLength(props.cpuQueue ? 1 : 0);
    expect(readJobQueues(stack)).toHaveLength(props.cpuQueue ? 1 : 0);
  });

  it('has the names and numbers that it is given, and is made once', async () => {
    const props = { buckets: { inbox: 'in-1', outbox: 'out-1' }, quietSeconds: 7 };
    const stack = await stackOf(props);
    expect(read.readBuckets(stack)).toEqual([
      { name: 'in-1', isVersioned: true, isTold: true },
      { name: 'out-1', isVersioned: true, isTold: false },
    ]);
    const ingest = read.readFunctions(stack).find(({ name }) => name === 'fettle-ingest');
    expect(ingest?.settings.environment).toMatchObject({
      FETTLE_INBOX: 'in-1',
      FETTLE_OUTBOX: 'out-1',
      FETTLE_QUIET_SECONDS: '7',
    });
    const start = performance.now();
    expect(await synthesize(props)).toEqual(await synthesize(props));
    expect(performance.now() - start).toBeLessThan(1000);
  });
});
