import { describe, expect, it } from 'vitest';
import { functionLanes } from '../../cdk/lanes.ts';
import type { FettleStackProps } from '../../cdk/props.ts';
import { settings } from '../../cdk/settings.ts';
import { readSettings } from '../../functions/settings.ts';
import { _emptyStack, _places } from './_template.ts';

const make = (props: FettleStackProps = {}): Readonly<Record<string, string>> =>
  settings(props, { ..._places(_emptyStack()), lanes: functionLanes('x86_64', {}) });

describe('settings', () => {
  it('are what the functions read', () => {
    expect(readSettings(make())).toMatchObject({
      maxJobs: 20,
      quietSeconds: 20,
      keepRuns: 5,
      eventBus: 'default',
      measuresLatency: true,
      lanes: {
        work: { memoryMb: 3538, seconds: 900 },
        large: { memoryMb: 10_240, seconds: 900 },
        measure: { memoryMb: 3538, seconds: 900 },
      },
    });
  });

  it('name the machine that renews orders where jobs may run for hours', () => {
    expect(readSettings(make())).not.toHaveProperty('renewArn');
    for (const queue of [{ cpuQueue: {} }, { gpuQueue: {} }])
      expect(readSettings(make(queue)).renewArn).toContain('stateMachine:fettle-renew');
  });

  it('follow the properties', () => {
    const changed = {
      maxJobs: 3,
      quietSeconds: 1,
      keepRuns: 9,
      eventBus: 'models',
      latency: false,
    };
    expect(readSettings(make(changed))).toMatchObject({
      maxJobs: 3,
      quietSeconds: 1,
      keepRuns: 9,
      eventBus: 'models',
      measuresLatency: false,
    });
  });

  it.each([
    ['maxJobs', 0, 1],
    ['maxJobs', 1.5, 1],
    ['keepRuns', 0, 1],
    ['quietSeconds', -1, 0],
  ])('refuse %s of %d', (name, value, least) => {
    expect(() => make({ [name]: value })).toThrow(
      `${name} must be a whole number from ${least}, not ${value}`,
    );
  });
});
