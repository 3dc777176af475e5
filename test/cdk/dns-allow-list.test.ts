import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { expect, it } from 'vitest';
import { DnsAllowList } from '../../cdk/dns-allow-list.ts';
import { _only, _templateOf } from './_template.ts';

it('answers for the names given before it answers for no other', () => {
  const template = _templateOf((stack) => {
    const vpc = Vpc.fromVpcAttributes(stack, 'V', { vpcId: 'vpc-1', availabilityZones: ['a'] });
    new DnsAllowList(stack, 'Names', vpc, ['s3.example']);
  });
  const lists = template.findResources('AWS::Route53Resolver::FirewallDomainList');
  const idOf = (domain: string) => ({
    'Fn::GetAtt': [
      Object.keys(lists).find((id) => lists[id]?.Properties.Domains.includes(domain)),
      'Id',
    ],
  });
  expect(_only(template, 'AWS::Route53Resolver::FirewallRuleGroup').FirewallRules).toEqual([
    {
      Action: 'ALLOW',
      Priority: 100,
      FirewallDomainListId: idOf('s3.example'),
      FirewallDomainRedirectionAction: 'TRUST_REDIRECTION_DOMAIN',
    },
    {
      Action: 'BLOCK',
      BlockResponse: 'NXDOMAIN',
      Priority: 200,
      FirewallDomainListId: idOf('*'),
    },
  ]);
  expect(_only(template, 'AWS::Route53Resolver::FirewallRuleGroupAssociation')).toMatchObject({
    VpcId: 'vpc-1',
  });
});
