/** Which names a network may look up: without this, a name is a message that leaves by the resolver. */
import type { IVpc } from 'aws-cdk-lib/aws-ec2';
import {
  CfnFirewallDomainList,
  CfnFirewallRuleGroup,
  CfnFirewallRuleGroupAssociation,
} from 'aws-cdk-lib/aws-route53resolver';
import { Construct } from 'constructs';

/** Answers only for `domains` (`*.` allowed in front) and for what those are aliases of; nothing else exists. */
export class DnsAllowList extends Construct {
  constructor(scope: Construct, id: string, vpc: IVpc, domains: readonly string[]) {
    super(scope, id);
    const allowed = new CfnFirewallDomainList(this, 'Allowed', { domains: [...domains] });
    const everything = new CfnFirewallDomainList(this, 'Everything', { domains: ['*'] });
    const rules = new CfnFirewallRuleGroup(this, 'Rules', {
      firewallRules: [
        {
          action: 'ALLOW',
          priority: 100,
          firewallDomainListId: allowed.attrId,
          // S3 answers with an alias of its own; only the name that was asked for is judged.
          firewallDomainRedirectionAction: 'TRUST_REDIRECTION_DOMAIN',
        },
        {
          action: 'BLOCK',
          blockResponse: 'NXDOMAIN',
          priority: 200,
          firewallDomainListId: everything.attrId,
        },
      ],
    });
    new CfnFirewallRuleGroupAssociation(this, 'Association', {
      firewallRuleGroupId: rules.attrId,
      vpcId: vpc.vpcId,
      // 100 and 9000 are reserved.
      priority: 101,
    });
  }
}
