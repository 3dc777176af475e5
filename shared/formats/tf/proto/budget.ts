/** What reading one model of the TensorFlow family may take, whatever its parts are. */
import { LimitError, ModelError } from '../../../base/errors.ts';
import { MAX_HELD_BYTES } from '../../../onnx/limits.ts';

/**
 * Elements that the file states once for many (a constant filled with its last element): a few bytes of
 * a file could otherwise fill the disk (CWE-409). A constant of zeros as large as a layer is normal.
 */
const MAX_FILLED_BYTES = 2 ** 31;

/** Counts over all readers of a model. */
export class Budget {
  /** Whether what TensorFlow noted of shapes is kept: only where a graph is cut it is of use. */
  readonly keepsShapes: boolean;
  readonly #name: string;
  #held = 0;
  #filled = 0;

  /** `name` of the file, for messages. */
  constructor(name: string, { keepsShapes = false } = {}) {
    this.#name = name;
    this.keepsShapes = keepsShapes;
  }

  /** Counts memory that is kept. @throws ModelError when it is more than a model may take */
  charge(bytes: number): void {
    this.#held += bytes;
    if (this.#held > MAX_HELD_BYTES)
      throw new ModelError(
        `'${this.#name}' needs more than ${MAX_HELD_BYTES / 2 ** 20} MiB of memory besides its weights`,
        { hint: 'Fettle reads graphs of up to some 100,000 nodes.' },
      );
  }

  /** Counts bytes that are written for an element that the file holds once. @throws LimitError */
  fill(bytes: number): void {
    this.#filled += bytes;
    if (this.#filled > MAX_FILLED_BYTES)
      throw new LimitError(
        `'${this.#name}' has constants of one repeated element that take more than ${MAX_FILLED_BYTES / 2 ** 30} GiB`,
      );
  }
}
