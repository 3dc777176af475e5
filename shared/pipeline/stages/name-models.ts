/** Messages of steps know models by their digest; readers know them as variants. */
import { type DoneBuild, MODEL_ROW } from './model-work.ts';

/** The text with variants in place of digests, or of the names that files have in the store. */
export function nameModels(
  text: string,
  builds: readonly Pick<DoneBuild, 'variant' | 'result'>[],
  shownSource: string,
): string {
  let named = text;
  for (const { variant, result } of builds) {
    const { digest } = result.value.artifact;
    const name = variant === MODEL_ROW ? shownSource : variant;
    for (const written of [digest, digest.slice(digest.indexOf(':') + 1)])
      named = named.replaceAll(written, name);
  }
  return named;
}
