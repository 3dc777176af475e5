/** Errors over a process border: what the class said stays true on the other side. */
import { z } from 'zod';
import {
  DefectError,
  type ErrorDetails,
  FettleError,
  InputError,
  LimitError,
  ModelError,
  TimeLimitError,
  ToolError,
  UnsupportedError,
} from '../../base/errors.ts';
import { explainFileError } from '../../base/files.ts';

const CLASSES = {
  InputError,
  ModelError,
  UnsupportedError,
  LimitError,
  TimeLimitError,
  ToolError,
  DefectError,
};

export const wireErrorSchema = z.object({
  kind: z.enum([
    'InputError',
    'ModelError',
    'UnsupportedError',
    'LimitError',
    'TimeLimitError',
    'ToolError',
    'DefectError',
    'other',
  ]),
  message: z.string(),
  hint: z.string().optional(),
  where: z.string().optional(),
  /** For `--debug`: the stack where it was thrown, causes included. */
  stack: z.string(),
});
export type WireError = z.infer<typeof wireErrorSchema>;

/** Plain JSON of anything thrown. */
export function toWire(thrown: unknown): WireError {
  const error = explainFileError(thrown);
  const stack = stackOf(error);
  if (error instanceof FettleError && isKnown(error.name)) {
    return {
      kind: error.name,
      message: error.message,
      hint: error.hint,
      where: error.where,
      stack,
    };
  }
  return { kind: 'other', message: error instanceof Error ? error.message : String(error), stack };
}

/** The same class again, with the remote stack as its cause; anything unknown is a defect. */
export function fromWire(wire: WireError): FettleError {
  const cause = new Error(wire.message);
  cause.stack = wire.stack;
  const details: ErrorDetails = {
    cause,
    ...(wire.hint !== undefined && { hint: wire.hint }),
    ...(wire.where !== undefined && { where: wire.where }),
  };
  const Class = wire.kind === 'other' ? DefectError : CLASSES[wire.kind];
  return new Class(wire.message, details);
}

function isKnown(name: string): name is keyof typeof CLASSES {
  return Object.hasOwn(CLASSES, name);
}

/** The stack with the stacks of its causes. */
export function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const own = error.stack ?? `${error.name}: ${error.message}`;
  return error.cause === undefined ? own : `${own}\ncaused by ${stackOf(error.cause)}`;
}
