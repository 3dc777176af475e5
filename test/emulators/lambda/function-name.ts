/** The forms in which callers name a function. */
import { ServiceError } from './service-error.ts';

/** A name, "ACCOUNT:function:NAME" or a whole ARN, each with or without ":QUALIFIER". */
const FORM =
  /^(?:arn:aws[\w-]*:lambda:[\w-]+:\d{12}:function:|(?:\d{12}:)function:)?([\w-]{1,64})(?::(\$LATEST|[\w-]{1,128}))?$/;

/** Name and qualifier. @throws ServiceError for what is none, and for two different qualifiers */
export function parseFunctionName(
  given: string,
  qualifier: string | undefined,
): { name: string; qualifier: string | undefined } {
  const [matched, name = '', own] = FORM.exec(given) ?? [];
  if (matched === undefined) {
    throw new ServiceError(
      400,
      'ValidationException',
      `1 validation error detected: Value '${given}' at 'functionName' failed to satisfy constraint`,
    );
  }
  if (own !== undefined && qualifier !== undefined && own !== qualifier) {
    throw new ServiceError(
      400,
      'InvalidParameterValueException',
      'The derived qualifier from the function name does not match the specified qualifier.',
    );
  }
  return { name, qualifier: own ?? qualifier };
}
