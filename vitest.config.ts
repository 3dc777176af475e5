import { defineConfig } from 'vitest/config';

/**
 * `fast` is `npm test`; `slow` needs minutes or a browser and `referee` independent programs: both run in `.ci/run`
 * after it.
 */
const summary = process.env.TEST_SUMMARY;

export default defineConfig({
  test: {
    pool: 'forks',
    // The default leaves a core free, which on two cores halves the speed.
    maxWorkers: '100%',
    // Tests that load onnxruntime themselves must not have it phone home; see shared/runtime/runtime-process.ts.
    env: { ORT_DISABLE_TELEMETRY: '1' },
    reporters: summary ? ['default', ['json', { outputFile: summary }]] : ['default'],
    projects: [
      {
        extends: true,
        test: {
          name: 'fast',
          include: ['test/**/*.test.ts'],
          exclude: ['test/**/*.{slow,referee}.test.ts'],
          // Whole jobs take up to 5 s; on a machine that others use too, they were seen to take five times that.
          testTimeout: 60_000,
          hookTimeout: 60_000,
          // Four hundred files: a process and all imports for each took three quarters of the time.
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'slow',
          include: ['test/**/*.slow.test.ts'],
          testTimeout: 600_000,
          hookTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'referee',
          include: ['test/**/*.referee.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
