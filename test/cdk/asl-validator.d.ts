/** The package has no types of its own. */
declare module 'asl-validator' {
  function validate(definition: object): {
    readonly isValid: boolean;
    readonly errors: readonly unknown[];
  };
  export = validate;
}
