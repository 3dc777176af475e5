/** Shapes that the user gives (`inputs:`, `--shape`), checked against the model and the data. */
import { InputError } from '../base/errors.ts';
import { suggest } from '../base/suggest.ts';

interface DeclaredInput {
  readonly name: string;
  /** Free dimensions by name, or `?`; absent when not even the rank is known. */
  readonly shape?: readonly (number | string)[] | undefined;
}

export type Shapes = Readonly<Record<string, readonly number[]>>;

const show = (shape: readonly (number | string)[]): string => `[${shape.join(', ')}]`;

/** @throws InputError for a name that no input has, or a shape that the model's own rules out */
export function checkShapes(shapes: Shapes, inputs: readonly DeclaredInput[], model: string): void {
  for (const [name, shape] of Object.entries(shapes)) {
    const input = inputs.find((one) => one.name === name);
    if (!input) {
      throw new InputError(`a shape is given for "${name}", which is no input of the model`, {
        where: model,
        hint: suggest(
          name,
          inputs.map((one) => one.name),
        ),
      });
    }
    const declared = input.shape;
    if (!declared) continue;
    const fits =
      declared.length === shape.length &&
      declared.every((dim, axis) => typeof dim === 'string' || dim === shape[axis]);
    if (!fits) {
      throw new InputError(
        `the shape ${show(shape)} given for "${name}" does not fit the model’s ${show(declared)}`,
        {
          where: model,
          hint: 'Only its free dimensions, those with a name or "?", can be chosen.',
        },
      );
    }
  }
}

/** The data decides what is run. @throws InputError when a given shape says something else than its samples */
export function checkShapesOfData(shapes: Shapes, fed: Shapes, model: string): void {
  for (const [name, shape] of Object.entries(shapes)) {
    const sample = fed[name];
    if (!sample || show(sample) === show(shape)) continue;
    throw new InputError(
      `the shape ${show(shape)} is given for "${name}", and the data’s samples have ${show(sample)}`,
      { where: model, hint: 'Leave the shape out, or give data of that shape.' },
    );
  }
}
