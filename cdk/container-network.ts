/**
 * What Batch's containers need besides S3 to start and to be heard, reached without a way out of the network. Each
 * endpoint is paid by the hour whether used or not: `docs/deploy.md` has the price.
 */
import {
  InterfaceVpcEndpoint,
  InterfaceVpcEndpointAwsService,
  Peer,
  Port,
  SecurityGroup,
} from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import type { Sandbox } from './sandbox.ts';

const FARGATE = {
  EcrApi: InterfaceVpcEndpointAwsService.ECR,
  EcrImages: InterfaceVpcEndpointAwsService.ECR_DOCKER,
  Logs: InterfaceVpcEndpointAwsService.CLOUDWATCH_LOGS,
};

/** An instance also has to join its cluster. */
const INSTANCES = {
  ...FARGATE,
  Ecs: InterfaceVpcEndpointAwsService.ECS,
  EcsAgent: InterfaceVpcEndpointAwsService.ECS_AGENT,
  EcsTelemetry: InterfaceVpcEndpointAwsService.ECS_TELEMETRY,
};

/** What the containers run on. */
export type ContainerHosts = 'fargate' | 'instances';

/** The endpoints, in one subnet, and the group of the containers that may use them. */
export class ContainerNetwork extends Construct {
  readonly securityGroup: SecurityGroup;

  constructor(scope: Construct, id: string, sandbox: Sandbox, hosts: ContainerHosts) {
    super(scope, id);
    const { vpc } = sandbox;
    sandbox.admitContainers();
    this.securityGroup = new SecurityGroup(this, 'Containers', {
      vpc,
      description: 'Containers that run uploaded models: to S3 and to what starts them',
      allowAllOutbound: false,
    });
    this.securityGroup.addEgressRule(Peer.anyIpv4(), Port.tcp(443), 'S3 and the endpoints');
    const endpoints = new SecurityGroup(this, 'Endpoints', {
      vpc,
      description: 'Endpoints of services that containers need',
      allowAllOutbound: false,
    });
    endpoints.addIngressRule(this.securityGroup, Port.tcp(443), 'Containers');
    for (const [name, service] of Object.entries(hosts === 'fargate' ? FARGATE : INSTANCES))
      new InterfaceVpcEndpoint(this, name, {
        vpc,
        service,
        subnets: { subnets: vpc.isolatedSubnets.slice(0, 1) },
        securityGroups: [endpoints],
        open: false,
      });
  }
}
