/**
 * The names that users and machines call things by. They are given, not generated: functions know the machines
 * that start them by ARN, which generated names would make a circle of.
 */
import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/** Functions that hold rights, each its own. */
export type Trusted = 'ingest' | 'gather' | 'advance' | 'publish' | 'api' | 'rerun';

/** Something for each of them. */
export function forTrusted<T>(make: (name: Trusted) => T): Readonly<Record<Trusted, T>> {
  return {
    ingest: make('ingest'),
    gather: make('gather'),
    advance: make('advance'),
    publish: make('publish'),
    api: make('api'),
    rerun: make('rerun'),
  };
}

/** Names and ARNs of one stack, whose resources all begin with `prefix`. */
export class Names {
  readonly #scope: Construct;
  readonly #prefix: string;

  constructor(scope: Construct, prefix: string) {
    if (!/^[a-z][a-z0-9-]{0,31}$/.test(prefix))
      throw new TypeError(`the name must be 1 to 32 of a-z, 0-9 and -, not ${prefix}`);
    this.#scope = scope;
    this.#prefix = prefix;
  }

  /** `fettle-work` for `work`. */
  of(name: string): string {
    return `${this.#prefix}-${name}`;
  }

  functionArn(name: string): string {
    return this.#arn('lambda', `function:${this.of(name)}`);
  }

  machineArn(name: string): string {
    return this.#arn('states', `stateMachine:${this.of(name)}`);
  }

  /** Of all executions of a machine. */
  executionArns(name: string): string {
    return this.#arn('states', `execution:${this.of(name)}:*`);
  }

  /** Of all child executions of a machine's distributed maps. */
  childExecutionArns(name: string): string {
    return this.#arn('states', `execution:${this.of(name)}/*`);
  }

  #arn(service: string, resource: string): string {
    const { partition, region, account } = Stack.of(this.#scope);
    return `arn:${partition}:${service}:${region}:${account}:${resource}`;
  }
}
