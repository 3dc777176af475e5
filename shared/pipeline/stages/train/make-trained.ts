/** A trained variant, from its recipe to what its row says: the network, what a teacher brought, its precision. */
import type { Training } from '../../../report/schema.ts';
import type { StoredArtifact } from '../../artifact.ts';
import type { ModelFacts } from '../../model-facts.ts';
import { compressedSizeStep } from '../../steps/compressed-size.ts';
import type { Attempt } from '../../task-runner.ts';
import { keepsZeros, type TrainedRecipe } from '../../training/recipe.ts';
import { type CompressOrder, compressVariant } from '../compress-variant.ts';
import type { ModelWork, VariantFacts } from '../model-work.ts';
import { compareWithLabels } from './compare-teacher.ts';
import { finishNetwork } from './finish-network.ts';
import { type NoLesson, ownLesson } from './lesson.ts';
import { networkName, trainNetwork } from './train-network.ts';
import { trainPrecision } from './train-precision.ts';

type Made = Attempt<{ readonly model: StoredArtifact; readonly facts: VariantFacts }>;

/** A float32 model, and what is said of it. */
interface Network {
  readonly model: StoredArtifact;
  readonly facts: ModelFacts;
  readonly description?: string;
  readonly notes: readonly string[];
  readonly training: readonly Training[];
}

/** @throws as steps do, and InputError for what nothing can be learned from */
export async function makeTrained(
  work: ModelWork,
  recipe: TrainedRecipe,
  order: Omit<CompressOrder, 'model'>,
): Promise<Made> {
  const network = await networkFor(work, recipe, order.id);
  if ('status' in network) return network;
  const made = await inPrecision(work, recipe, network, order);
  if (made.status !== 'done' || !keepsZeros(recipe.removals)) return made;
  const { model, facts } = made.value;
  const compressed = await work.tasks.group(order.id, async (run) => {
    const own = await run(compressedSizeStep, { model });
    const base = await run(compressedSizeStep, { model: work.prepared.model });
    return { output: { own, base }, note: facts.description };
  });
  return { status: 'done', value: { model, facts: { ...facts, compressed } } };
}

/** The job's own where only the precision is trained. */
async function networkFor(
  work: ModelWork,
  recipe: TrainedRecipe,
  id: string,
): Promise<Network | NoLesson> {
  const { prepared } = work;
  if (networkName(recipe) === '')
    return { model: prepared.model, facts: prepared.facts, notes: [], training: [] };
  const lesson = await ownLesson(work, recipe);
  if ('status' in lesson) return lesson;
  const trained = await trainNetwork(work, recipe, lesson);
  if (trained.status !== 'done') return trained;
  const finished = await finishNetwork(work, trained.model, id);
  const withoutTeacher = recipe.isDistilled
    ? await compareWithLabels(work, recipe, finished.model, trained.scheduled)
    : undefined;
  const { description, notes, training } = trained;
  return {
    ...finished,
    ...(description !== '' && { description }),
    notes,
    training: [{ ...training, ...(withoutTeacher && { withoutTeacher }) }],
  };
}

async function inPrecision(
  work: ModelWork,
  { precision, trainedPrecision }: TrainedRecipe,
  network: Network,
  order: Omit<CompressOrder, 'model'>,
): Promise<Made> {
  const { model } = network;
  if (trainedPrecision) {
    const made = await trainPrecision(work, { ...order, model, variant: trainedPrecision });
    if (made.status !== 'done') return made;
    const { status, model: trained, training, ...facts } = made;
    return { status, value: { model: trained, facts: joined(network, facts, [training]) } };
  }
  if (precision !== undefined) {
    const made = await compressVariant(work, { ...order, model, variant: precision });
    if (made.status !== 'done') return made;
    const { status, model: compressed, plan: _, ...facts } = made;
    return { status, value: { model: compressed, facts: joined(network, facts) } };
  }
  const own = { facts: network.facts, notes: [] };
  return { status: 'done', value: { model, facts: joined(network, own) } };
}

/** What is said of the network, and of its precision. */
function joined(network: Network, own: VariantFacts, more: readonly Training[] = []): VariantFacts {
  const training = [...network.training, ...more];
  const description = [network.description, own.description].flatMap((text) => text ?? []);
  return {
    ...own,
    ...(description.length > 0 && { description: description.join('; ') }),
    notes: [...new Set([...network.notes, ...own.notes])],
    ...(training.length > 0 && { training }),
  };
}
