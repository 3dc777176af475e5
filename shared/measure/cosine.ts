/** Cosine similarity from sums, which add up over samples. */

/**
 * Of two vectors by their products: `a·b`, `a·a`, `b·b`. Two zero vectors are equal (1), one alone is
 * nothing like the other (0).
 */
export function cosineOf(dot: number, normA: number, normB: number): number {
  if (normA === 0 && normB === 0) return 1;
  if (normA === 0 || normB === 0) return 0;
  const cosine = dot / (Math.sqrt(normA) * Math.sqrt(normB));
  // Rounding may lead beyond ±1.
  return Math.max(-1, Math.min(1, cosine));
}
