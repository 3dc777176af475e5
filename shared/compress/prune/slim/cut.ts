/** Which channels go, and what is left of axes. */

import type { GraphEditor } from '../../../onnx/graph-editor.ts';
import { int64Tensor } from '../../../onnx/make-tensor.ts';
import type { Channels, Labels } from './channels.ts';

/** What node changes ask while a model is cut. */
export class Cut {
  readonly #channels: Channels;
  readonly #removed: ReadonlySet<number>;
  readonly #editor: GraphEditor;

  /** `removed`: channels that stand for all that go. */
  constructor(channels: Channels, removed: ReadonlySet<number>, editor: GraphEditor) {
    this.#channels = channels;
    this.#removed = removed;
    this.#editor = editor;
  }

  /** Positions that stay. */
  kept(labels: Labels): readonly number[] {
    const positions: number[] = [];
    labels.forEach((channel, position) => {
      if (!this.#removed.has(this.#channels.find(channel))) positions.push(position);
    });
    return positions;
  }

  /** Whether all positions stay. */
  isWhole(labels: Labels): boolean {
    return this.kept(labels).length === labels.length;
  }

  /** A new constant vector of integers; gives its name. */
  ints(hint: string, values: readonly number[]): string {
    const name = this.#editor.freshName(hint);
    return this.#editor.addInitializer(int64Tensor(name, [values.length], values));
  }

  /** A new constant integer without axes; gives its name. */
  int(hint: string, value: number): string {
    const name = this.#editor.freshName(hint);
    return this.#editor.addInitializer(int64Tensor(name, [], [value]));
  }
}
