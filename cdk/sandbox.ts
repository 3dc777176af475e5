/**
 * The network in which strangers' models run: subnets without a way out, and S3, of which only the two buckets.
 * All of it is free of charge while nothing runs, but for a fraction of a cent for the list of names.
 */
import { Aws, RemovalPolicy, Stack } from 'aws-cdk-lib';
import {
  FlowLogDestination,
  FlowLogTrafficType,
  type GatewayVpcEndpoint,
  GatewayVpcEndpointAwsService,
  IpAddresses,
  type IVpc,
  Peer,
  Port,
  SecurityGroup,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { AnyPrincipal, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { DnsAllowList } from './dns-allow-list.ts';

export interface SandboxProps {
  readonly inbox: Bucket;
  readonly outbox: Bucket;
  /** ARN of the role whose signature presigned addresses bear. */
  readonly signer: string;
  /** Whether containers run here, which must find more services than S3. */
  readonly hasContainers: boolean;
}

/** Isolated subnets, a security group and the one gateway for whatever runs a model that somebody uploaded. */
export class Sandbox extends Construct {
  readonly vpc: IVpc;
  readonly securityGroup: SecurityGroup;
  readonly #gateway: GatewayVpcEndpoint;

  constructor(scope: Construct, id: string, props: SandboxProps) {
    super(scope, id);
    const vpc = new Vpc(this, 'Vpc', {
      ipAddresses: IpAddresses.cidr('10.0.0.0/16'),
      maxAzs: 2,
      natGateways: 0,
      subnetConfiguration: [
        { name: 'isolated', subnetType: SubnetType.PRIVATE_ISOLATED, cidrMask: 20 },
      ],
      // Closing the default group takes a function of the library's own; nothing here is in that group.
      restrictDefaultSecurityGroup: false,
      flowLogs: {
        // Attempts to get out: in a quiet network nothing is refused and nothing is paid.
        Refused: {
          destination: FlowLogDestination.toCloudWatchLogs(
            new LogGroup(this, 'Refused', {
              retention: RetentionDays.ONE_MONTH,
              removalPolicy: RemovalPolicy.DESTROY,
            }),
          ),
          trafficType: FlowLogTrafficType.REJECT,
        },
      },
    });
    // The library's class and its interface differ in `undefined` alone.
    this.vpc = vpc as IVpc;
    this.#gateway = vpc.addGatewayEndpoint('S3', {
      service: GatewayVpcEndpointAwsService.S3,
    });
    this.#admit(props);
    this.securityGroup = new SecurityGroup(this, 'SecurityGroup', {
      vpc: this.vpc,
      description: 'What runs uploaded models: to S3 and nowhere else',
      allowAllOutbound: false,
    });
    // The subnets' only route leads to S3; the group's list of its addresses would need a look-up at synthesis.
    this.securityGroup.addEgressRule(Peer.anyIpv4(), Port.tcp(443), 'S3 by its gateway');
    new DnsAllowList(this, 'Names', this.vpc, namesToFind(props.hasContainers));
  }

  /** Lets containers be started: their images come through S3, from a bucket that ECR has in each region. */
  admitContainers(): void {
    const { partition, region } = Stack.of(this);
    this.#gateway.addToPolicy(
      new PolicyStatement({
        sid: 'ImageLayers',
        principals: [new AnyPrincipal()],
        actions: ['s3:GetObject'],
        resources: [`arn:${partition}:s3:::prod-${region}-starport-layer-bucket/*`],
      }),
    );
  }

  /** Inputs come in, what was made goes out to `work/`, both only by addresses that `signer` has signed. */
  #admit({ inbox, outbox, signer }: SandboxProps): void {
    const conditions = { ArnEquals: { 'aws:PrincipalArn': signer } };
    const principals = [new AnyPrincipal()];
    this.#gateway.addToPolicy(
      new PolicyStatement({
        sid: 'Inputs',
        principals,
        actions: ['s3:GetObject', 's3:GetObjectVersion'],
        resources: [inbox.arnForObjects('*'), outbox.arnForObjects('*')],
        conditions,
      }),
    );
    this.#gateway.addToPolicy(
      new PolicyStatement({
        sid: 'Results',
        principals,
        actions: ['s3:PutObject'],
        resources: [outbox.arnForObjects('work/*')],
        conditions,
      }),
    );
  }
}

/** Agents of containers ask for names that nobody has written down; all are of AWS's own region. */
const namesToFind = (hasContainers: boolean): readonly string[] =>
  hasContainers
    ? [`*.${Aws.REGION}.${Aws.URL_SUFFIX}`]
    : [`s3.${Aws.REGION}.${Aws.URL_SUFFIX}`, `*.s3.${Aws.REGION}.${Aws.URL_SUFFIX}`];
