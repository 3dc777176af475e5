/** An error of the Lambda service, not of a function. */

/** `status` and `type` as the API documents them; `details` go beside the message. */
export class ServiceError extends Error {
  readonly status: number;
  readonly type: string;
  readonly details: Readonly<Record<string, string>>;

  constructor(
    status: number,
    type: string,
    message: string,
    details: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.name = type;
    this.status = status;
    this.type = type;
    this.details = details;
  }
}
