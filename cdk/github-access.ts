/** Which repositories' workflows may ask the `api` function, without a key that could be stolen. */
import { Duration } from 'aws-cdk-lib';
import {
  OidcProviderNative,
  PolicyStatement,
  Role,
  WebIdentityPrincipal,
} from 'aws-cdk-lib/aws-iam';
import type { Alias } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { Names } from './names.ts';

const ISSUER = 'token.actions.githubusercontent.com';

export interface Repository {
  readonly owner: string;
  readonly name: string;
  /** `gh api repos/OWNER/NAME --jq '.owner.id, .id'`. */
  readonly ownerId: number;
  readonly repositoryId: number;
  /** What of it: `pull_request`, `ref:refs/heads/main`, `environment:production`. */
  readonly subjects?: readonly string[];
}

export interface GitHubAccessOptions {
  readonly repositories: readonly Repository[];
  /** ARN of GitHub's provider if the account has it: there can be one only. */
  readonly provider?: string;
}

export interface GitHubAccessProps extends GitHubAccessOptions {
  readonly api: Alias;
  readonly names: Names;
}

const SUBJECTS = ['pull_request', 'ref:refs/heads/main'];

/** Letters that GitHub allows in names; above all no `*`, which would be anybody. */
const NAME = /^[A-Za-z0-9._-]+$/;
const SUBJECT = /^[A-Za-z0-9._:/ -]+$/;

/**
 * Subjects of a repository's tokens, each in both forms: repositories made, renamed or moved since 15 July 2026 say
 * numbers beside names, all others only names. @throws TypeError for what could match more than it names
 */
export function subjectsOf(repository: Repository): readonly string[] {
  const { owner, name, ownerId, repositoryId } = repository;
  for (const part of [owner, name])
    if (!NAME.test(part)) throw new TypeError(`give the repository by its own name, not ${part}`);
  for (const id of [ownerId, repositoryId])
    if (!Number.isSafeInteger(id) || id <= 0)
      throw new TypeError(`give the ids of ${owner}/${name} as GitHub does, not ${id}`);
  const subjects = repository.subjects ?? SUBJECTS;
  if (subjects.length === 0) throw new TypeError(`say what of ${owner}/${name} may ask`);
  return subjects.flatMap((subject) => {
    if (!SUBJECT.test(subject))
      throw new TypeError(`name each subject of ${owner}/${name} in full, not ${subject}`);
    return [
      `repo:${owner}/${name}:${subject}`,
      `repo:${owner}@${ownerId}/${name}@${repositoryId}:${subject}`,
    ];
  });
}

/** A role for the named repositories, which may invoke one alias of one function. */
export class GitHubAccess extends Construct {
  readonly role: Role;

  constructor(scope: Construct, id: string, props: GitHubAccessProps) {
    super(scope, id);
    if (props.repositories.length === 0) throw new TypeError('name at least one repository');
    const provider =
      props.provider ??
      new OidcProviderNative(this, 'Provider', {
        url: `https://${ISSUER}`,
        clientIds: ['sts.amazonaws.com'],
      }).oidcProviderArn;
    this.role = new Role(this, 'Role', {
      roleName: props.names.of('github'),
      description: 'Pull requests and main branches of named repositories ask for comparisons',
      assumedBy: new WebIdentityPrincipal(provider, {
        StringEquals: {
          [`${ISSUER}:aud`]: 'sts.amazonaws.com',
          [`${ISSUER}:sub`]: props.repositories.flatMap(subjectsOf),
        },
      }),
      maxSessionDuration: Duration.hours(1),
    });
    this.role.addToPolicy(
      new PolicyStatement({
        actions: ['lambda:InvokeFunction'],
        resources: [props.api.functionArn],
      }),
    );
  }
}
