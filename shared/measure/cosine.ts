/** Cosine similarity from sums, which add up over samples. */

/**
 * Of two vectors by their products: `a·b`, `a·a`, `b·b`. Two zero vectors are equal (1), one alone is
 * nothing like the other (0).
 */
export function cosineOf(dot: number, normA: number, normB: number): number {
  if (normA === 0 && normB === 0) return 1;
  if (normA === 0 || normB === 0) return 0;
  // Equal vectors are 1 to the last bit; the product of two roots need not be.
  const length = normA === normB ? normA : Math.sqrt(normA) * Math.sqrt(normB);
  const cosine = dot / length;
  // Rounding may lead beyond ±1.
  return Math.max(-1, Math.min(1, cosine));
}
