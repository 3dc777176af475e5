/** State machines and their executions: the rules of the Step Functions API, without its wire. */
import { randomUUID } from 'node:crypto';
import { ApiError } from '../json-api.ts';
import { type MachineDefinition, parseDefinition } from './definition.ts';
import { Execution } from './execution.ts';
import { PAYLOAD_BYTES } from './limits.ts';
import type { MapRun } from './map-run.ts';
import { runMachine } from './run-machine.ts';
import type { Runtime } from './runtime.ts';
import { TaskTokens } from './task-tokens.ts';

export interface Machine {
  readonly arn: string;
  readonly name: string;
  readonly roleArn: string;
  readonly text: string;
  readonly definition: MachineDefinition;
  /** Milliseconds since 1970. */
  readonly creationDate: number;
}

export interface ServiceOptions extends Omit<Runtime, 'tokens' | 'onMapRun'> {
  /** Called when an execution starts and when it ends. */
  readonly onStatus?: (execution: Execution) => void;
}

/** The characters that a name may not have. */
const FORBIDDEN_IN_NAMES = /[\s<>{}[\]?*"#%\\^|~`$&,;:/\p{Cc}]/u;

/** Names last 90 days in the service, which is longer than any emulation. */
export class StatesService {
  readonly machines = new Map<string, Machine>();
  readonly executions = new Map<string, Execution>();
  readonly mapRuns = new Map<string, MapRun>();
  readonly tokens = new TaskTokens();
  readonly runtime: Runtime;
  readonly #onStatus: (execution: Execution) => void;

  constructor({ onStatus = () => undefined, ...options }: ServiceOptions) {
    this.#onStatus = onStatus;
    this.runtime = {
      ...options,
      tokens: this.tokens,
      onMapRun: (run) => this.mapRuns.set(run.arn, run),
    };
  }

  /** Creates the machine, or replaces the definition for executions to come, and gives its ARN. */
  createMachine(name: string, text: string, roleArn = ''): string {
    checkName(name);
    const arn = this.#arn('stateMachine', name);
    const definition = read(text);
    const creationDate = this.runtime.clock.now();
    this.machines.set(arn, { arn, name, roleArn, text, definition, creationDate });
    return arn;
  }

  machine(arn: string): Machine {
    const machine = this.machines.get(arn);
    if (machine) return machine;
    throw new ApiError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`);
  }

  /** Of a machine, or a child of a map run. */
  execution(arn: string): Execution {
    const execution = this.executions.get(arn) ?? this.#child(arn);
    if (execution) return execution;
    throw new ApiError('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`);
  }

  /** Idempotent while the execution of this name and input runs; afterwards the name is taken. */
  startExecution(machineArn: string, input = '{}', name: string = randomUUID()): Execution {
    const machine = this.machine(machineArn);
    checkName(name);
    checkInput(input);
    const arn = this.#arn('execution', `${machine.name}:${name}`);
    const existing = this.executions.get(arn);
    if (existing) {
      if (existing.status === 'RUNNING' && existing.options.input === input) return existing;
      throw new ApiError('ExecutionAlreadyExists', `Execution Already Exists: '${arn}'`);
    }
    const { definition } = machine;
    const execution = new Execution(
      { arn, name, machineArn, machineName: machine.name, machine: definition, input },
      this.runtime,
      runMachine,
    );
    this.executions.set(arn, execution);
    this.#watch(execution, execution.start());
    return execution;
  }

  /** Runs a failed, stopped or timed-out execution again from where it ended. */
  redriveExecution(arn: string): Execution {
    const execution = this.execution(arn);
    const isRedrivable = ['FAILED', 'ABORTED', 'TIMED_OUT'].includes(execution.status);
    if (!isRedrivable || execution.options.mapRunArn !== undefined) {
      throw new ApiError('ExecutionNotRedrivable', `Execution is ${execution.status}: '${arn}'`);
    }
    this.#watch(execution, execution.redrive());
    return execution;
  }

  async stopExecution(arn: string, error?: string, cause?: string): Promise<Execution> {
    const execution = this.execution(arn);
    if (execution.status === 'RUNNING') await execution.stop(error, cause);
    return execution;
  }

  /** Stops whatever runs. */
  async close(): Promise<void> {
    const running = [...this.executions.values()].filter(({ status }) => status === 'RUNNING');
    await Promise.all(running.map((execution) => execution.stop()));
  }

  #watch(execution: Execution, ended: Promise<void>): void {
    this.#onStatus(execution);
    void ended.then(() => this.#onStatus(execution));
  }

  #child(arn: string): Execution | undefined {
    for (const { children } of this.mapRuns.values()) {
      const child = children.find(({ execution }) => execution.options.arn === arn);
      if (child) return child.execution;
    }
    return undefined;
  }

  #arn(kind: string, rest: string): string {
    return `arn:aws:states:${this.runtime.region}:${this.runtime.account}:${kind}:${rest}`;
  }
}

function checkName(name: string): void {
  if (name.length >= 1 && name.length <= 80 && !FORBIDDEN_IN_NAMES.test(name)) return;
  throw new ApiError('InvalidName', `Invalid Name: '${name}'`);
}

function checkInput(input: string): void {
  if (Buffer.byteLength(input) > PAYLOAD_BYTES) {
    throw new ApiError('InvalidExecutionInput', `Input has more than ${PAYLOAD_BYTES} bytes`);
  }
  try {
    JSON.parse(input);
  } catch (error) {
    throw new ApiError('InvalidExecutionInput', `Invalid State Machine Execution Input: ${error}`);
  }
}

function read(text: string): MachineDefinition {
  try {
    return parseDefinition(text);
  } catch (error) {
    throw new ApiError('InvalidDefinition', error instanceof Error ? error.message : String(error));
  }
}
