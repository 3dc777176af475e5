import validate from 'asl-validator';
import type { Stack } from 'aws-cdk-lib';
import { describe, expect, it } from 'vitest';
import { Functions } from '../../cdk/functions.ts';
import { type JobLane, Machine } from '../../cdk/machine.ts';
import { _IMAGE, _places, _statements, _templateOf, _text } from './_template.ts';

function build(stack: Stack, jobs: Readonly<Record<string, JobLane>>): void {
  const places = _places(stack);
  const { functions } = new Functions(stack, 'F', {
    places,
    image: { uri: _IMAGE },
    architecture: 'x86_64',
    environment: {},
  });
  new Machine(stack, 'M', {
    ...places,
    ...functions,
    functions: { work: functions.api, 'measure-arm64': functions.rerun },
    jobs,
  });
}

const BATCH = { queueArn: 'arn:queue', definitionName: 'fettle-batch' };
const template = _templateOf((stack) => build(stack, { batch: BATCH }));
const machines = Object.values(template.findResources('AWS::StepFunctions::StateMachine')).map(
  ({ Properties: properties }) => properties,
);

describe('Machine', () => {
  it('has the machines, under names that functions know beforehand', () => {
    expect(machines.map((machine) => [machine.StateMachineName, machine.StateMachineType])).toEqual(
      [
        ['fettle-optimize', 'STANDARD'],
        ['fettle-gather', 'STANDARD'],
        ['fettle-renew', 'STANDARD'],
      ],
    );
  });

  it('renews no orders where there are no jobs', () => {
    const without = _templateOf((stack) => build(stack, {}));
    expect(
      Object.values(without.findResources('AWS::StepFunctions::StateMachine')).map(
        ({ Properties: { StateMachineName: name } }) => name,
      ),
    ).toEqual(['fettle-optimize', 'fettle-gather']);
  });

  it('leaves no placeholder open and gives none that is not used', () => {
    for (const machine of machines) {
      const used = machine.DefinitionString.matchAll(/\$\{(\w+)\}/g).map(
        ([, name]: string[]) => name,
      );
      expect([...new Set(used)].toSorted()).toEqual(
        Object.keys(machine.DefinitionSubstitutions).toSorted(),
      );
    }
    expect(_text(machines[0].DefinitionSubstitutions)).toBe(
      'LaneWork: <Fapi.Arn>; LaneMeasureArm64: <Frerun.Arn>; QueueBatch: arn:queue; Advance: <Fadvance.Arn>; Publish: <Fpublish.Arn>; Outbox: <Out>',
    );
  });

  it('is valid once deployed', () => {
    for (const machine of machines) {
      const deployed = machine.DefinitionString.replace(
        /\$\{\w+\}/g,
        'arn:aws:lambda:us-east-1:123456789012:function:x',
      );
      expect(validate(JSON.parse(deployed)).errors).toEqual([]);
    }
  });

  it('logs what happens and not what is said: payloads hold presigned addresses', () => {
    for (const machine of machines) {
      expect(machine.TracingConfiguration).toEqual({ Enabled: true });
      expect(machine.LoggingConfiguration).toMatchObject({
        Level: 'ALL',
        IncludeExecutionData: false,
      });
    }
  });

  it('may start its functions, its own children and jobs of its queues', () => {
    const states = 'arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>';
    const batch = 'arn:<AWS::Partition>:batch:<AWS::Region>:<AWS::AccountId>';
    expect(
      _statements(template)
        .filter((line) => line.startsWith('<MoptimizeRole>'))
        .map((line) => line.replace('<MoptimizeRole>: Allow ', '')),
    ).toEqual([
      expect.stringMatching(
        /^batch:DescribeJobs, logs:[\w, :]*LogDelivery[\w, :]*xray:[\w, :]* on \*$/,
      ),
      `batch:SubmitJob on arn:queue, ${batch}:job-definition/fettle-batch, ${batch}:job-definition/fettle-batch:*`,
      `batch:TerminateJob on ${batch}:job/*`,
      'events:DescribeRule, events:PutRule, events:PutTargets on arn:<AWS::Partition>:events:<AWS::Region>:<AWS::AccountId>:rule/StepFunctionsGetEventsForBatchJobsRule',
      'lambda:InvokeFunction on <Fadvance.Arn>, <Fapi.Arn>, <Fpublish.Arn>, <Frerun.Arn>',
      's3:GetObject on <Out.Arn>/work/*',
      `states:DescribeExecution, states:RedriveExecution, states:StopExecution on ${states}:execution:fettle-optimize/*`,
      `states:StartExecution on ${states}:stateMachine:fettle-optimize`,
    ]);
    expect(_statements(template).filter((line) => /^<MgatherRole>.*lambda/.test(line))).toEqual([
      '<MgatherRole>: Allow lambda:InvokeFunction on <Fgather.Arn>',
    ]);
  });

  it('may do nothing in Batch without a queue', () => {
    const statements = _statements(_templateOf((stack) => build(stack, {})));
    expect(statements.filter((line) => /batch:|events:PutRule/.test(line))).toEqual([]);
  });
});
