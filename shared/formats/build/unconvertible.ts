/** Why a part of a source model has no ONNX form: thrown where it is noticed, collected by the reader. */

/** One node or layer cannot be converted. Readers turn all of them into one UnsupportedError. */
export class Unconvertible extends Error {
  /** What the user can do about this kind of thing, one sentence. */
  readonly hint: string | undefined;

  constructor(message: string, hint?: string) {
    super(message);
    this.name = 'Unconvertible';
    this.hint = hint;
  }
}

/** The model needs a later version of ai.onnx than is being written: the reader starts again with it. */
export class NeedsOpset extends Error {
  readonly opset: number;

  constructor(opset: number, what: string) {
    super(`${what} needs opset ${opset}`);
    this.name = 'NeedsOpset';
    this.opset = opset;
  }
}
