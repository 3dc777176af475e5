/** Flags over a model of the configuration: what they say wins, key by key, and the rest of the file stays. */
import { absoluteData, absoluteTraining, labelledPart, mergeSettings } from '../job.ts';
import type { DataSettings, ModelSettings } from './schema.ts';

export interface Overrides {
  readonly settings: ModelSettings;
  /** What relative paths in them start from: not the folder of the configuration. */
  readonly folder: string;
  /** The flag of a setting, for mistakes. */
  readonly where: (key: keyof ModelSettings, inner?: string) => string;
}

/** The model's settings under the flags. Paths of flags become absolute. */
export function overrideSettings(
  model: ModelSettings,
  { settings, folder }: Pick<Overrides, 'settings' | 'folder'>,
): ModelSettings {
  const data = settings.data && absoluteData(settings.data, folder);
  const train = settings.train && absoluteTraining(settings.train, folder);
  const above: ModelSettings = { ...settings, ...(data && { data }), ...(train && { train }) };
  const below: ModelSettings = { ...model, ...(model.data && { data: bindLabels(model.data) }) };
  const merged = mergeSettings(below, above);
  return {
    ...merged,
    ...(merged.data && data?.labels !== undefined && { data: unbindLabels(merged.data) }),
    ...(merged.budgets && { budgets: budgetsOf(merged.budgets, settings.variants) }),
  };
}

/** Labels stay with their samples when a flag names other samples. */
function bindLabels({ labels, ...data }: DataSettings): DataSettings {
  if (labels === undefined) return data;
  const part = labelledPart(data);
  const spec = data[part];
  return spec ? { ...data, [part]: { labels, ...spec } } : { ...data, labels };
}

/** Labels from a flag take the place of those that the samples had. */
function unbindLabels(data: DataSettings): DataSettings {
  const part = labelledPart(data);
  const spec = data[part];
  if (!spec) return data;
  const { labels: _, ...rest } = spec;
  return { ...data, [part]: rest };
}

/** Where flags name fewer variants than the file, its budgets for the others have nothing to hold for. */
function budgetsOf(
  budgets: NonNullable<ModelSettings['budgets']>,
  variants: readonly string[] | undefined,
): NonNullable<ModelSettings['budgets']> {
  if (!variants) return budgets;
  return Object.fromEntries(
    Object.entries(budgets).filter(
      ([variant]) => variant === 'float32' || variants.includes(variant),
    ),
  );
}
