/** What S3 answers when it refuses: a status, a code that clients act on, and a sentence. */

/** Thrown by operations; the server writes it as S3's error document. */
export class S3Error extends Error {
  readonly status: number;
  readonly code: string;
  /** Further members of the document, as `Key` or `BucketName`. */
  readonly members: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    code: string,
    message: string,
    {
      members = {},
      headers = {},
    }: {
      readonly members?: Readonly<Record<string, string>>;
      readonly headers?: Readonly<Record<string, string>>;
    } = {},
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.members = members;
    this.headers = headers;
  }
}

export const noSuchKey = (key: string, headers: Readonly<Record<string, string>> = {}): S3Error =>
  new S3Error(404, 'NoSuchKey', 'The specified key does not exist.', {
    members: { Key: key },
    headers,
  });

export const noSuchBucket = (name: string): S3Error =>
  new S3Error(404, 'NoSuchBucket', 'The specified bucket does not exist', {
    members: { BucketName: name },
  });

export const noSuchUpload = (id: string): S3Error =>
  new S3Error(
    404,
    'NoSuchUpload',
    'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.',
    { members: { UploadId: id } },
  );

export const accessDenied = (message = 'Access Denied'): S3Error =>
  new S3Error(403, 'AccessDenied', message);

export const preconditionFailed = (condition: string): S3Error =>
  new S3Error(
    412,
    'PreconditionFailed',
    'At least one of the pre-conditions you specified did not hold',
    { members: { Condition: condition } },
  );

export const conflict = (condition: string): S3Error =>
  new S3Error(
    409,
    'ConditionalRequestConflict',
    'The conditional request cannot succeed due to a conflicting operation against this resource.',
    { members: { Condition: condition } },
  );

export const invalid = (code: string, message: string): S3Error => new S3Error(400, code, message);

export const badDigest = (what: string): S3Error =>
  invalid('BadDigest', `The ${what} you specified did not match the calculated checksum.`);
