/** What a function is, as the template or a test says it. */

/** What Lambda's execution role becomes inside: keys of that role alone. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** One function. */
export interface FunctionSettings {
  /** The folder with the code: `LAMBDA_TASK_ROOT`. */
  readonly root: string;
  /** "index.work": file without suffix, dot, export. */
  readonly handler: string;
  /** Variables of the function; nothing of this process's environment is given on. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly credentials?: Credentials;
  /** The program that runs it, default this process's own Node, and the number of the user, default this process's. */
  readonly container?: { readonly node?: string; readonly user?: number };
  /** MB of all processes together; what holds more is killed. Default 128. */
  readonly memory?: number;
  /** Seconds. Default 3. */
  readonly timeout?: number;
  /** MB in the temporary folder. Default 512. */
  readonly ephemeralStorage?: number;
  /** Invocations at one time; the next is answered 429. Default: unreserved, only the machine limits. */
  readonly reservedConcurrency?: number;
  /** Name of an alias → version that it points to. */
  readonly aliases?: Readonly<Record<string, string>>;
  /** How often a failed event is tried again: 0, 1 or 2 (the default). */
  readonly retries?: number;
  /** Where events go that failed at last, and those that went well. */
  readonly onFailure?: (record: DestinationRecord) => void | Promise<void>;
  readonly onSuccess?: (record: DestinationRecord) => void | Promise<void>;
}

/** Settings with every default filled in. */
export interface FunctionDefinition extends FunctionSettings {
  readonly name: string;
  readonly arn: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly credentials: Credentials;
  readonly memory: number;
  readonly timeout: number;
  readonly ephemeralStorage: number;
  readonly aliases: Readonly<Record<string, string>>;
  readonly retries: number;
}

/** What Lambda sends to the destination of an event. Source: "Capturing records of asynchronous invocations". */
export interface DestinationRecord {
  readonly version: '1.0';
  readonly timestamp: string;
  readonly requestContext: {
    readonly requestId: string;
    readonly functionArn: string;
    readonly condition: 'RetriesExhausted' | 'Success';
    readonly approximateInvokeCount: number;
  };
  readonly requestPayload: unknown;
  readonly responseContext: {
    readonly statusCode: number;
    readonly executedVersion: string;
    readonly functionError?: string;
  };
  readonly responsePayload: unknown;
}

/** What goes wrong on purpose, by a seed: a share from 0 to 1 of each. */
export interface Faults {
  readonly seed: number;
  /** Of all invocations, answered 429. */
  readonly throttle?: number;
  /** Of all invocations: the environment is killed at the start, halfway, or after the work and before the answer. */
  readonly kill?: number;
  /** Of all events, delivered twice. */
  readonly duplicate?: number;
}

const NO_RIGHTS: Credentials = { accessKeyId: 'none', secretAccessKey: 'none' };

/** Lambda's own defaults. */
export function defineFunction(
  name: string,
  settings: FunctionSettings,
  { region, account }: { readonly region: string; readonly account: string },
): FunctionDefinition {
  return {
    environment: {},
    credentials: NO_RIGHTS,
    memory: 128,
    timeout: 3,
    ephemeralStorage: 512,
    aliases: {},
    retries: 2,
    ...settings,
    name,
    arn: `arn:aws:lambda:${region}:${account}:function:${name}`,
  };
}
