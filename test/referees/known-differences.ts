/**
 * Where an independent implementation is known to differ from ours, and why it is not us: titles of cases, each with
 * the reason. One that is gone fails as one that is new does.
 */
import type { KnownDifferences } from '../contracts/known-differences.ts';

/** The cases of S3. v1.8.0 over a folder, with versions; AWS's documents say in all of them what ours does. */
export const VERSITYGW: KnownDifferences = {
  'keys are no paths': 'its objects are files',
  'a stream is stored as it is, without the encoding of its transfer': 'keeps aws-chunked',
  'keys are listed encoded on request': 'they are plain',
  'copies on condition of their place': 'no conditions on copies',
  'a part has the checksum of its own bytes, also copied from an object in parts':
    'tells that of the object',
  'an unknown sender is refused': 'another code',
  'what was deleted may be written once more': 'takes a marker for an object',
};

/** The cases of the object port. */
export const VERSITYGW_OBJECTS: KnownDifferences = {
  'copies, also on condition': 'no conditions on copies',
};

/** Findings in templates, by how they begin. */
export const CFN_LINT: KnownDifferences = {
  'gpu function: E3002 Resources/ExtraLanesGpuFunctionwork':
    'AcceleratorConfig is newer than its schemas',
};

/** The rules of the language of state machines. 4.9.2; the language's documents name the errors as ours does. */
export const LOCALSTACK: KnownDifferences = {
  'Assign and Output both see the variables from before':
    'Output sees what Assign has just assigned',
  'Choice without a match and a default fails': 'with States.Runtime',
  'a condition is true or false, nothing like it': 'States.Runtime instead of QueryEvaluationError',
  'an error of an expression can be caught': 'it ends the execution',
};
