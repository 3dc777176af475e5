/** Who is who in an emulated stack, and who may do what: each role has keys of its own. */
import { createHash, randomBytes } from 'node:crypto';
import type { AccessRequest as ApiRequest } from '../json-api.ts';
import type { Credentials, AccessRequest as S3Request } from '../s3/start-s3.ts';
import { isJsonObject, type Json } from '../states/json.ts';
import type { Place } from './identity.ts';
import type { Policies, Question } from './policies.ts';

export class Access {
  /** Of the person at the machine: may do everything. */
  readonly admin: Credentials;
  readonly #policies: Policies;
  readonly #place: Place;
  readonly #credentials: ReadonlyMap<string, Credentials>;
  readonly #roles: ReadonlyMap<string, string>;

  /** `admin`: whose keys they are, where they are given; new ones by default. */
  constructor(policies: Policies, place: Place, admin = credentials('AKIA', 'admin')) {
    this.#policies = policies;
    this.#place = place;
    this.admin = admin;
    this.#credentials = new Map(policies.roles.map((role) => [role, credentials('ASIA', role)]));
    this.#roles = new Map([...this.#credentials].map(([role, own]) => [own.accessKeyId, role]));
  }

  /** Keys of all roles. */
  get all(): readonly Credentials[] {
    return [...this.#credentials.values()];
  }

  credentialsOf(role: string): Credentials {
    const own = this.#credentials.get(role);
    if (own) return own;
    throw new Error(`the template has no role ${role}`);
  }

  /** Whether a role, by its name, may do it. */
  roleAllows(role: string, question: Question): boolean {
    return this.#policies.allows(role, question);
  }

  readonly s3 = ({ accessKeyId, action, bucket, key }: S3Request): boolean => {
    const resource = `arn:aws:s3:::${bucket}${key === undefined ? '' : `/${key}`}`;
    return this.#allows(accessKeyId, { action, resource });
  };

  readonly states = ({ accessKeyId, operation, input }: ApiRequest): boolean => {
    const { stateMachineArn, executionArn, mapRunArn } = isJsonObject(input) ? input : {};
    const resource = String(stateMachineArn ?? executionArn ?? mapRunArn ?? '*');
    return this.#allows(accessKeyId, { action: `states:${operation}`, resource });
  };

  readonly events = ({ accessKeyId, operation, input }: ApiRequest): boolean => {
    const entries = isJsonObject(input) ? input.Entries : undefined;
    const { region, account } = this.#place;
    return (Array.isArray(entries) ? entries : []).every((entry: Json) => {
      const { EventBusName = 'default', Source = '' } = isJsonObject(entry) ? entry : {};
      const name = String(EventBusName).split('/').at(-1);
      return this.#allows(accessKeyId, {
        action: `events:${operation}`,
        resource: `arn:aws:events:${region}:${account}:event-bus/${name}`,
        context: { 'events:source': String(Source) },
      });
    });
  };

  #allows(accessKeyId: string, question: Question): boolean {
    if (accessKeyId === this.admin.accessKeyId) return true;
    const role = this.#roles.get(accessKeyId);
    return role !== undefined && this.#policies.allows(role, question);
  }
}

/** Looks like AWS's; the secret is another in each process. */
function credentials(prefix: string, name: string): Credentials {
  const digest = createHash('sha256').update(name).digest('hex').toUpperCase();
  return {
    accessKeyId: `${prefix}${digest.slice(0, 16)}`,
    secretAccessKey: randomBytes(30).toString('base64url'),
  };
}
