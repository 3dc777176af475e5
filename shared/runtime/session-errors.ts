/** onnxruntime's messages, as errors that say who must act. */
import {
  type ErrorDetails,
  type FettleError,
  InputError,
  LimitError,
  ModelError,
  ToolError,
  UnsupportedError,
} from '../base/errors.ts';

interface Explanation {
  readonly pattern: RegExp;
  readonly explain: (found: RegExpExecArray, what: string, details: ErrorDetails) => FettleError;
}

/** First match wins. The texts are those of onnxruntime 1.30. */
const LOADING: readonly Explanation[] = [
  {
    pattern: /File doesn't exist|NO_SUCHFILE/i,
    explain: (_, what, details) => new InputError(`${what} does not exist`, details),
  },
  {
    pattern:
      /Cannot find (?:package|module)|onnxruntime_binding|ERR_DLOPEN_FAILED|cannot open shared/i,
    explain: (_, __, details) =>
      new UnsupportedError('onnxruntime-node could not be loaded on this machine', {
        ...details,
        hint: 'Install onnxruntime-node for this platform (npm install onnxruntime-node).',
      }),
  },
  {
    pattern: /(?:Fatal error: )?(\S+?)(?:\(-?\d+\))? is not a registered function\/op/,
    explain: ([, op], what, details) =>
      new UnsupportedError(`onnxruntime does not have the op ${op} of ${what}`, {
        ...details,
        hint: 'Custom ops cannot be run here: export the model with standard ops.',
      }),
  },
  {
    pattern: /No Op registered for (\S+) with domain_version of (\d+)/,
    explain: ([, op, version], what, details) =>
      new UnsupportedError(`opset ${version} has no op ${op}, which ${what} uses`, {
        ...details,
        hint: 'Check the domain and the opset that the model declares.',
      }),
  },
  {
    pattern: /Could not find an implementation for (\S+) node with name '([^']*)'/,
    explain: ([, op, node], what, details) =>
      new UnsupportedError(`onnxruntime has no CPU kernel for ${op} as ${what} uses it`, {
        ...details,
        where: `node '${node}'`,
      }),
  },
  {
    pattern: /Unsupported model IR version: (\d+), max supported IR version: (\d+)/i,
    explain: ([, has, most], what, details) =>
      new UnsupportedError(
        `${what} has IR version ${has}: onnxruntime reads up to ${most}`,
        details,
      ),
  },
  {
    pattern: /ONNX Runtime only \*guarantees\* support for models stamped with official released/i,
    explain: (_, what, details) =>
      new UnsupportedError(`${what} declares an opset that onnxruntime does not know`, details),
  },
  {
    pattern: /Unsupported data type: (\d+)/,
    explain: (_, what, details) =>
      new UnsupportedError(
        `${what} has an input or output of a type that onnxruntime-node cannot pass`,
        details,
      ),
  },
  {
    pattern: /bad_alloc|Failed to allocate memory/i,
    explain: (_, what, details) => new LimitError(`memory ran out while loading ${what}`, details),
  },
  {
    // Mostly a kernel that does not take the attributes it was given, e.g. `layout` of an LSTM.
    pattern: /Exception during initialization/,
    explain: (_, what, details) =>
      new UnsupportedError(`onnxruntime cannot set up ${what}`, details),
  },
  {
    pattern:
      /protobuf parsing failed|INVALID_PROTOBUF|INVALID_GRAPH|not a valid|invalid model|Node \(|Type Error|Graph.*must be/i,
    explain: (_, what, details) => new ModelError(`${what} is not a valid model`, details),
  },
];

const RUNNING: readonly Explanation[] = [
  {
    pattern: /input '([^']*)' is missing in 'feeds'|Missing Input: (\S+)/i,
    explain: ([, one, other], what, details) =>
      new InputError(`${what} got no input '${one ?? other}'`, details),
  },
  {
    pattern:
      /Invalid (?:rank|input name|feed)|invalid dimensions for input|Unexpected input data type/i,
    explain: (_, what, details) =>
      new InputError(`${what} got an input that does not fit`, details),
  },
  {
    pattern: /bad_alloc|Failed to allocate memory/i,
    explain: (_, what, details) => new LimitError(`memory ran out while running ${what}`, details),
  },
];

/** The error of a session that could not be created. `what` names the model. */
export function explainLoadError(message: string, what: string): FettleError {
  return explain(LOADING, message, what, (details) => {
    return new ToolError(`onnxruntime cannot load ${what}`, details);
  });
}

/** The error of a run that failed. */
export function explainRunError(message: string, what: string): FettleError {
  return explain(RUNNING, message, what, (details) => {
    return new ToolError(`onnxruntime failed while running ${what}`, details);
  });
}

/** Of characters: shape mismatches of large models go on for pages. */
const MAX_REASON = 600;

function explain(
  table: readonly Explanation[],
  message: string,
  what: string,
  otherwise: (details: ErrorDetails) => FettleError,
): FettleError {
  const details = { cause: new Error(message) };
  for (const { pattern, explain } of table) {
    const found = pattern.exec(message);
    if (found) return withReason(explain(found, what, details), message);
  }
  return withReason(otherwise(details), message);
}

/** A place in onnxruntime's source with the signature of the function: of use to its developers alone. */
const SOURCE_PLACE =
  /(?:\/\S*\/)?[\w.-]+\.(?:cc|cpp|h|hpp):\d+ (?:[\w:<>&*, ~[\]]+\((?:[^()]|\([^()]*\))*\)(?: const)?(?: \[with [^\]]*\])? )?/g;

/** onnxruntime's own words stay in the message: they name the node. */
function withReason(error: FettleError, message: string): FettleError {
  const reason = message
    .replace(/^Load model from .*? failed:\s*/s, '')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .replaceAll(SOURCE_PLACE, '');
  error.message += `: ${reason.slice(0, MAX_REASON)}`;
  return error;
}
