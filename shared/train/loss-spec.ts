/** What a model is trained for, as plain data: which outputs, against what. */
import { z } from 'zod';

/** What the elements of an output are where no activation stands before them: all else is found in the graph. */
const scaleSchema = z.enum(['logits', 'probabilities']);

/**
 * Classes, against the logits of an output. `numbers`: one a sample or a place, `one-hot`: a row of zeros and a one,
 * `chances`: 0 or 1 for each column by itself (of one column: one number).
 */
const classesSchema = z.strictObject({
  kind: z.literal('classes'),
  output: z.string(),
  form: z.enum(['numbers', 'one-hot', 'chances']),
  scale: scaleSchema,
  /** Which axis of the output holds the classes, where no softmax tells. */
  axis: z.int(),
});

/** Numbers, of the shape of an output. */
const valuesSchema = z.strictObject({
  kind: z.literal('values'),
  output: z.string(),
  loss: z.enum(['mse', 'huber']),
});

const labelLossSchema = z.discriminatedUnion('kind', [classesSchema, valuesSchema]);

/** The outputs of another model, the teacher, on the same inputs. */
const teacherSchema = z.strictObject({
  kind: z.literal('teacher'),
  outputs: z
    .array(
      z.strictObject({
        student: z.string(),
        teacher: z.string(),
        /** `probabilities`: Kullback–Leibler divergence of what both say; `chances`: the same for each column alone. */
        loss: z.enum(['probabilities', 'chances', 'mse', 'huber']),
        /** Of both, where no activation stands before them. */
        scale: scaleSchema,
        axis: z.int(),
      }),
    )
    .min(1),
  /** By which the logits of both are divided, 1 or more. */
  temperature: z.number().min(1),
  /** The share of `labels` in the loss, 0…1. */
  hard: z.number().min(0).max(1),
  labels: labelLossSchema.optional(),
  /** Inner values by name that shall point the same way, of equal shapes. */
  features: z.array(z.strictObject({ student: z.string(), teacher: z.string() })).optional(),
});

/** JSON of a {@link LossSpec}. */
export const lossSpecSchema = z.discriminatedUnion('kind', [
  classesSchema,
  valuesSchema,
  teacherSchema,
]);

export type LossSpec = z.infer<typeof lossSpecSchema>;
export type ClassLoss = z.infer<typeof classesSchema>;
export type LabelLoss = z.infer<typeof labelLossSchema>;
export type TeacherLoss = z.infer<typeof teacherSchema>;

/** The part of a loss that needs labels. */
export function labelLossOf(spec: LossSpec): LabelLoss | undefined {
  return spec.kind === 'teacher' ? spec.labels : spec;
}
