/** How long and how fast a network is trained where nobody says: by the count of samples. */

/** Samples seen in all epochs together, where an epoch has so few that the bounds below allow it. */
const SEEN = 280_000;
const LEAST_EPOCHS = 3;

/** Where nobody asks for more. */
export const MOST_EPOCHS = 40;

/** Of a full retraining: the first stages of one in several, and training in 8 or 4 bits, need less. */
const SHORT_SHARE = 0.25;

/** Epochs that weights need at least to settle on the grid of their integers. */
export const LEAST_PRECISION_EPOCHS = 2;

/**
 * Samples a step. For small networks 64 are no faster, and 32 are twice the steps: `pruned-90` on Fashion-MNIST, 7 epochs of
 * 58,000, has a loss of 0.182 in place of 0.190.
 */
export const BATCH = 32;

/**
 * Highest rates of AdamW. Measured with `slim-50` on Fashion-MNIST (3 epochs of 58,000): 1e-3 loses 1.32 points, 3e-3 0.27. On
 * digits (1,347 samples) the two are within what so few can tell. 4-bit networks find back with 1e-3 to 2e-3. 8-bit ones have
 * little to find: BlazeFace, taught by itself with 696 photographs, keeps a cosine of 0.986 with 3e-5 and 0.960 with 1e-3.
 */
const RATES = { network: 3e-3, 'int4-qat': 1e-3, 'int8-qat': 1e-4 };

/** The epochs of a full retraining with so many samples. */
export const epochsFor = (samples: number): number =>
  Math.min(MOST_EPOCHS, Math.max(LEAST_EPOCHS, Math.ceil(SEEN / samples)));

/** Of a shorter one where the full one has so many. */
export const shortened = (epochs: number, least = 1): number =>
  Math.min(epochs, Math.max(least, Math.round(epochs * SHORT_SHARE)));

/** The highest rate of a stage. */
export const rateFor = (what: keyof typeof RATES): number => RATES[what];
