import { describe, expect, it } from 'vitest';
import { _only, _places, _sandbox, _templateOf, _text } from './_template.ts';

const template = _templateOf((stack) => _sandbox(stack, _places(stack)));

describe('Sandbox', () => {
  it('has no way out: no internet gateway, no NAT, no public subnet', () => {
    for (const type of [
      'AWS::EC2::InternetGateway',
      'AWS::EC2::NatGateway',
      'AWS::EC2::EIP',
      'AWS::EC2::Route',
      'AWS::EC2::VPCPeeringConnection',
    ])
      template.resourceCountIs(type, 0);
    template.allResourcesProperties('AWS::EC2::Subnet', { MapPublicIpOnLaunch: false });
    template.resourceCountIs('AWS::EC2::Subnet', 2);
  });

  it('reaches S3 by the gateway, which costs nothing, and nothing else', () => {
    expect(_only(template, 'AWS::EC2::VPCEndpoint')).toMatchObject({ VpcEndpointType: 'Gateway' });
  });

  it('lets through only what the signer has signed: reads of both buckets, writes to work/', () => {
    const { PolicyDocument } = _only(template, 'AWS::EC2::VPCEndpoint') as {
      PolicyDocument: { Statement: readonly Record<string, unknown>[] };
    };
    expect(
      PolicyDocument.Statement.map((each) => [
        each.Effect,
        _text(each.Action),
        _text(each.Resource),
        _text(each.Condition),
      ]),
    ).toEqual([
      [
        'Allow',
        's3:GetObject, s3:GetObjectVersion',
        '<In.Arn>/*, <Out.Arn>/*',
        'ArnEquals: aws:PrincipalArn: arn:signer',
      ],
      ['Allow', 's3:PutObject', '<Out.Arn>/work/*', 'ArnEquals: aws:PrincipalArn: arn:signer'],
    ]);
  });

  it('lets nothing in, and out only to port 443', () => {
    const group = _only(template, 'AWS::EC2::SecurityGroup');
    expect(group.SecurityGroupIngress).toBeUndefined();
    expect(group.SecurityGroupEgress).toEqual([
      {
        CidrIp: '0.0.0.0/0',
        Description: 'S3 by its gateway',
        FromPort: 443,
        IpProtocol: 'tcp',
        ToPort: 443,
      },
    ]);
  });

  it('finds the names of S3 and no other', () => {
    const lists = Object.values(template.findResources('AWS::Route53Resolver::FirewallDomainList'));
    expect(lists.map((list) => _text(list.Properties.Domains))).toEqual([
      's3.<AWS::Region>.<AWS::URLSuffix>, *.s3.<AWS::Region>.<AWS::URLSuffix>',
      '*',
    ]);
  });

  it('writes down what was refused', () => {
    expect(_only(template, 'AWS::EC2::FlowLog')).toMatchObject({ TrafficType: 'REJECT' });
  });
});

it('lets containers be started where there are some', () => {
  const containers = _templateOf((stack) => {
    _sandbox(stack, _places(stack), true).admitContainers();
  });
  expect(_text(_only(containers, 'AWS::EC2::VPCEndpoint').PolicyDocument)).toContain(
    'Resource: arn:<AWS::Partition>:s3:::prod-<AWS::Region>-starport-layer-bucket/*',
  );
  const [names] = Object.values(
    containers.findResources('AWS::Route53Resolver::FirewallDomainList'),
  );
  expect(_text(names?.Properties.Domains)).toBe('*.<AWS::Region>.<AWS::URLSuffix>');
});
