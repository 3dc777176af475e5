import { describe, expect, it } from 'vitest';
import { SHARD_SELECTOR, shardStates } from '../../../cdk/machine/shard.ts';

const LANES = {
  work: { kind: 'lambda', function: 'arn:work' },
  'measure-arm64': { kind: 'lambda', function: 'arn:measure' },
  gpu: { kind: 'batch', queue: 'arn:queue', definition: 'fettle-gpu' },
} as const;

const shard = shardStates(LANES, 'arn:advance', '');

describe('shardStates', () => {
  it('chooses the lane that the shard names, and fails for any other', () => {
    expect(shard.States['Choose lane']).toEqual({
      Type: 'Choice',
      Choices: [
        { Condition: "{% $states.input.lane = 'work' %}", Next: 'Run in work' },
        { Condition: "{% $states.input.lane = 'measure-arm64' %}", Next: 'Run in measure-arm64' },
        { Condition: "{% $states.input.lane = 'gpu' %}", Next: 'Run in gpu' },
      ],
      Default: 'No such lane',
    });
    expect(shard.States['No such lane']).toMatchObject({ Type: 'Fail' });
  });

  it('hands a function the whole shard, and a job the address of its order', () => {
    expect(shard.States['Run in work']).toMatchObject({
      Arguments: { FunctionName: 'arn:work', Payload: '{% $states.input %}' },
    });
    expect(shard.States['Run in gpu']).toMatchObject({
      Resource: 'arn:aws:states:::batch:submitJob.sync',
      Arguments: {
        JobQueue: 'arn:queue',
        JobDefinition: 'fettle-gpu',
        ContainerOverrides: {
          Environment: [{ Name: 'FETTLE_ORDER', Value: '{% $states.input.order %}' }],
        },
      },
    });
  });

  it.each(['work', 'measure-arm64', 'gpu'])('notes a failure in %s, and goes on', (lane) => {
    expect(shard.States[`Run in ${lane}`]).toMatchObject({
      Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Note failure' }],
    });
    expect(shard.States['Note failure']).toMatchObject({
      Arguments: {
        FunctionName: 'arn:advance',
        Payload: { action: 'failed', execution: '{% $states.input.execution %}' },
      },
      End: true,
    });
  });

  it('keeps the names of two maps apart', () => {
    const again = shardStates(LANES, 'arn:advance', ' (again)');
    expect(Object.keys(again.States).filter((name) => name in shard.States)).toEqual([]);
  });

  it('tells a child execution whose shard it runs', () => {
    expect(SHARD_SELECTOR).toMatchObject({ execution: '{% $states.context.Execution.Name %}' });
  });
});
