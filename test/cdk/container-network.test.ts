import { describe, expect, it } from 'vitest';
import { type ContainerHosts, ContainerNetwork } from '../../cdk/container-network.ts';
import { _places, _sandbox, _templateOf, _text } from './_template.ts';

const make = (hosts: ContainerHosts) =>
  _templateOf((stack) => {
    new ContainerNetwork(stack, 'Network', _sandbox(stack, _places(stack), true), hosts);
  });

const services = (hosts: ContainerHosts): readonly string[] =>
  Object.values(make(hosts).findResources('AWS::EC2::VPCEndpoint'))
    .map(({ Properties: one }) =>
      _text(one.ServiceName).replace('com.amazonaws.<AWS::Region>.', ''),
    )
    .toSorted();

describe('ContainerNetwork', () => {
  it('reaches what containers on Fargate need', () => {
    expect(services('fargate')).toEqual(['ecr.api', 'ecr.dkr', 'logs', 's3']);
  });

  it('reaches what instances need besides', () => {
    expect(services('instances')).toEqual([
      'ecr.api',
      'ecr.dkr',
      'ecs',
      'ecs-agent',
      'ecs-telemetry',
      'logs',
      's3',
    ]);
  });

  it('pays for each endpoint in one subnet only', () => {
    const interfaces = Object.values(make('fargate').findResources('AWS::EC2::VPCEndpoint')).filter(
      ({ Properties: one }) => one.VpcEndpointType === 'Interface',
    );
    expect(interfaces.map(({ Properties: one }) => one.SubnetIds.length)).toEqual([1, 1, 1]);
  });

  it('lets only the containers to the endpoints', () => {
    const ingress = Object.values(make('fargate').findResources('AWS::EC2::SecurityGroupIngress'));
    expect(
      ingress.map(({ Properties: one }) => [_text(one.SourceSecurityGroupId), one.ToPort]),
    ).toEqual([['<NetworkContainers.GroupId>', 443]]);
    const open = Object.values(make('fargate').findResources('AWS::EC2::SecurityGroup')).filter(
      ({ Properties: one }) => one.SecurityGroupIngress,
    );
    expect(open).toEqual([]);
  });
});
