/** A model run in steps whose outputs become its next inputs, in a child: weights that are trained never leave it. */
import type { NamedTensors } from '../base/tensor.ts';
import type { Model } from '../onnx/model.ts';
import type { CarryLink } from './child/carry.ts';
import { type ModelFile, materialize } from './model-file.ts';
import { RuntimeAnswerError, RuntimeProcess } from './runtime-process.ts';
import { askOptions, loadInto, type SessionOptions } from './session.ts';
import { explainRunError } from './session-errors.ts';

export type { CarryLink } from './child/carry.ts';

export interface CarryOptions extends SessionOptions {
  readonly links: readonly CarryLink[];
  /** What linked inputs are in the first step. */
  readonly start: NamedTensors;
  /** A model that runs before each step on the step's feeds, and whose outputs are inputs of the step. */
  readonly helper?: {
    readonly model: Model;
    /** Its inputs, by the names under which a step is fed. */
    readonly inputs: Readonly<Record<string, string>>;
    /** Its outputs, with the inputs of the carrying model that they become. */
    readonly outputs: readonly CarryLink[];
  };
}

export interface CarriedSession {
  /**
   * One step; may be called again before it answers. Gives the outputs in `fetch`.
   * @throws as a session's run
   */
  step(feeds: NamedTensors, fetch: readonly string[]): Promise<NamedTensors>;
  /** What is carried after all steps, by input; no step can follow. */
  end(): Promise<NamedTensors>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** In a child of its own unless one is given: when another's request takes a child down, what is carried is lost. */
export async function openCarried(
  model: Model,
  { links, start, helper, ...options }: CarryOptions,
): Promise<CarriedSession> {
  const process = options.process ?? new RuntimeProcess();
  const isOwn = process !== options.process;
  const files: ModelFile[] = [];
  const sessions: number[] = [];
  let carried: number | undefined;
  const close = async (): Promise<void> => {
    if (isOwn) await process.close();
    else if (process.alive) {
      if (carried !== undefined) await process.ask('endCarry', { into: carried });
      for (const session of sessions.splice(0)) await process.ask('close', { session });
    }
    for (const file of files.splice(0)) file.remove();
  };
  try {
    const load = async (one: Model): Promise<number> => {
      const file = materialize(one);
      files.push(file);
      const { session } = await loadInto(process, file, options);
      sessions.push(session);
      return session;
    };
    const session = await load(model);
    const helping = helper ? { ...helper, session: await load(helper.model) } : undefined;
    const into = process.nextSessionNumber();
    const name = files[0]?.name ?? 'the model';
    const given = askOptions(`training ${name}`, options.timeoutMs, options.signal);
    await process.ask(
      'startCarry',
      {
        into,
        session,
        links,
        start,
        helper: helping
          ? { session: helping.session, inputs: helping.inputs, outputs: helping.outputs }
          : null,
      },
      given,
    );
    carried = into;
    const explained = async <T>(work: Promise<T>): Promise<T> => {
      try {
        return await work;
      } catch (error) {
        throw error instanceof RuntimeAnswerError ? explainRunError(error.message, name) : error;
      }
    };
    return {
      step: (feeds, fetch) => explained(process.ask('carry', { into, feeds, fetch }, given)),
      end: () => {
        carried = undefined;
        return explained(process.ask('endCarry', { into }, given));
      },
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
