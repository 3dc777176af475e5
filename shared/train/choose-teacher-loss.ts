/** In which outputs a student is compared with its teacher, and how. */
import { InputError } from '../base/errors.ts';
import type { NamedTensors, Tensor } from '../base/tensor.ts';
import type { Model } from '../onnx/model.ts';
import { areProbabilities } from './choose-label-loss.ts';
import type { LabelLoss, TeacherLoss } from './loss-spec.ts';
import { scoresOf } from './scores.ts';

interface Probed {
  readonly model: Model;
  /** For some samples. */
  readonly outputs: readonly NamedTensors[];
}

/**
 * Every float32 output that both have, by name or else by position. Classes by divergence, as softmax and sigmoid tell,
 * or labels for an output without either; all else by squared error.
 * @throws InputError where none is there, or one differs in shape
 */
export function teacherOutputs(
  student: Probed,
  teacher: Probed,
  labels: LabelLoss | undefined,
): TeacherLoss['outputs'] {
  const [ours, theirs] = [floatOutputs(student), floatOutputs(teacher)];
  const pairs = ours.flatMap((name, position) => {
    const other = theirs.includes(name)
      ? name
      : theirs.length === ours.length
        ? theirs[position]
        : undefined;
    return other === undefined ? [] : [{ student: name, teacher: other }];
  });
  if (pairs.length === 0)
    throw new InputError(
      `the teacher gives ${theirs.join(', ') || 'no float32 output'}, and the student ${ours.join(', ')}`,
      { hint: 'Both must give outputs of the same names, or as many.' },
    );
  return pairs.map((pair) => {
    const [own, other] = [tensorsOf(student, pair.student), tensorsOf(teacher, pair.teacher)];
    checkShapes(pair, own[0], other[0]);
    return { ...pair, ...distanceOf(student.model, teacher.model, pair, own, labels) };
  });
}

const floatOutputs = ({ outputs: [first = {}] }: Probed): string[] =>
  Object.keys(first).filter((name) => first[name]?.type === 'float32');

const tensorsOf = ({ outputs }: Probed, name: string): Tensor[] =>
  outputs.flatMap((one) => one[name] ?? []);

function checkShapes(
  pair: { readonly student: string; readonly teacher: string },
  own: Tensor | undefined,
  other: Tensor | undefined,
): void {
  if (own?.dims.join() === other?.dims.join()) return;
  throw new InputError(
    `the teacher gives "${pair.teacher}" of shape [${other?.dims.join(', ')}], and the student "${pair.student}" of shape [${own?.dims.join(', ')}]`,
    { where: pair.student, hint: 'Both must give the same outputs.' },
  );
}

function distanceOf(
  student: Model,
  teacher: Model,
  pair: { readonly student: string; readonly teacher: string },
  own: readonly Tensor[],
  labels: LabelLoss | undefined,
): Pick<TeacherLoss['outputs'][number], 'loss' | 'scale' | 'axis'> {
  const [ours, theirs] = [
    scoresOf(student.graph, pair.student),
    scoresOf(teacher.graph, pair.teacher),
  ];
  const activations = [ours.activation, theirs.activation];
  const known = labels?.kind === 'classes' && labels.output === pair.student ? labels : undefined;
  const scale = areProbabilities(own) ? 'probabilities' : 'logits';
  const axis = ours.axis ?? known?.axis ?? -1;
  if (activations.includes('softmax') && !activations.includes('sigmoid'))
    return { loss: 'probabilities', scale, axis };
  if (activations.includes('sigmoid') && !activations.includes('softmax'))
    return { loss: 'chances', scale: 'logits', axis };
  if (known && activations.every((one) => one === 'none'))
    return {
      loss: known.form === 'chances' ? 'chances' : 'probabilities',
      scale: known.scale,
      axis,
    };
  return { loss: 'mse', scale: 'logits', axis };
}
