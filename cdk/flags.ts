/**
 * What the library's feature flags are set to: as for a new project. They are set in code and not in `cdk.json`, so
 * that the command line, `node cdk/app.ts` and the tests all make the same template.
 */
import { CURRENTLY_RECOMMENDED_FLAGS } from 'aws-cdk-lib/cx-api';

export const FLAGS: Readonly<Record<string, unknown>> = {
  ...CURRENTLY_RECOMMENDED_FLAGS,
  // What the library finds wrong in a template fails the synthesis.
  '@aws-cdk/core:validateAgainstDefaultRules': true,
};
