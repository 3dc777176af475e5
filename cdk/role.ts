/** Roles of functions, without managed policies: those allow more than is needed. */
import { Aws, RemovalPolicy } from 'aws-cdk-lib';
import { Effect, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';

export interface FunctionIdentity {
  readonly role: Role;
  readonly logGroup: LogGroup;
}

/** A log group and a role that may write to it and nothing else. `id` must be unique in its scope. */
export function functionIdentity(
  scope: Construct,
  id: string,
  functionName: string,
): FunctionIdentity {
  const logGroup = new LogGroup(scope, `${id}Logs`, {
    logGroupName: `/aws/lambda/${functionName}`,
    retention: RetentionDays.ONE_MONTH,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const role = new Role(scope, `${id}Role`, {
    assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    description: `What the function ${functionName} may do`,
  });
  role.addToPolicy(
    new PolicyStatement({
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [logGroup.logGroupArn],
    }),
  );
  return { role, logGroup };
}

/** What Lambda itself calls to put a function into subnets. */
const INTERFACES = [
  'ec2:AssignPrivateIpAddresses',
  'ec2:CreateNetworkInterface',
  'ec2:DeleteNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:UnassignPrivateIpAddresses',
];

/**
 * Lets Lambda put a function into subnets, for which it takes the function's own role, and forbids the same
 * to the function's code: only calls that its code makes bear the function's ARN.
 */
export function allowNetworkInterfaces(role: Role, functionArn: string): void {
  role.addToPolicy(new PolicyStatement({ actions: INTERFACES, resources: ['*'] }));
  role.addToPolicy(
    new PolicyStatement({
      effect: Effect.DENY,
      actions: ['ec2:*'],
      resources: ['*'],
      conditions: { ArnEquals: { 'lambda:SourceFunctionArn': functionArn } },
    }),
  );
}

/** The account's and region's bus of that name. */
export const eventBusArn = (name: string): string =>
  `arn:${Aws.PARTITION}:events:${Aws.REGION}:${Aws.ACCOUNT_ID}:event-bus/${name}`;
