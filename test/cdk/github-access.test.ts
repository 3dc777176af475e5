import { describe, expect, it } from 'vitest';
import { GitHubAccess, type Repository, subjectsOf } from '../../cdk/github-access.ts';
import { imageFunction } from '../../cdk/image-function.ts';
import { Names } from '../../cdk/names.ts';
import { functionIdentity } from '../../cdk/role.ts';
import { _IMAGE, _statements, _templateOf } from './_template.ts';

const MODELS: Repository = { owner: 'acme', name: 'models', ownerId: 11, repositoryId: 22 };

describe('subjectsOf', () => {
  it('says each subject in both forms', () => {
    expect(subjectsOf(MODELS)).toEqual([
      'repo:acme/models:pull_request',
      'repo:acme@11/models@22:pull_request',
      'repo:acme/models:ref:refs/heads/main',
      'repo:acme@11/models@22:ref:refs/heads/main',
    ]);
    expect(subjectsOf({ ...MODELS, subjects: ['environment:nightly runs'] })).toEqual([
      'repo:acme/models:environment:nightly runs',
      'repo:acme@11/models@22:environment:nightly runs',
    ]);
  });

  it.each([
    ['a wildcard for the owner', { owner: '*' }, 'by its own name, not *'],
    ['a wildcard in the name', { name: 'mod*' }, 'by its own name, not mod*'],
    ['a name with another owner in it', { name: 'a/b' }, 'by its own name, not a/b'],
    ['an empty name', { name: '' }, 'by its own name'],
    ['a wildcard for the subject', { subjects: ['*'] }, 'in full, not *'],
    ['a wildcard in a branch', { subjects: ['ref:refs/heads/*'] }, 'in full, not ref:refs/heads/*'],
    ['a question mark', { subjects: ['ref:refs/heads/?'] }, 'in full'],
    ['an empty subject', { subjects: [''] }, 'in full'],
    ['no subject', { subjects: [] }, 'say what of acme/models may ask'],
    ['an id that is none', { repositoryId: 0 }, 'give the ids of acme/models'],
    ['an id with a fraction', { ownerId: 1.5 }, 'give the ids of acme/models'],
  ])('refuses %s', (_, change, message) => {
    expect(() => subjectsOf({ ...MODELS, ...change })).toThrow(message);
  });
});

describe('GitHubAccess', () => {
  const make = (provider?: string) =>
    _templateOf((stack) => {
      const api = imageFunction(stack, 'api', {
        ...functionIdentity(stack, 'api', 'fettle-api'),
        image: { uri: _IMAGE },
        command: 'index.api',
        architecture: 'x86_64',
      }).addAlias('live');
      new GitHubAccess(stack, 'GitHub', {
        repositories: [MODELS],
        ...(provider !== undefined && { provider }),
        api,
        names: new Names(stack, 'fettle'),
      });
    });

  it('trusts exactly the subjects of the named repositories', () => {
    make().hasResourceProperties('AWS::IAM::Role', {
      RoleName: 'fettle-github',
      MaxSessionDuration: 3600,
      AssumeRolePolicyDocument: {
        Statement: [
          {
            Action: 'sts:AssumeRoleWithWebIdentity',
            Effect: 'Allow',
            Condition: {
              StringEquals: {
                'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com',
                'token.actions.githubusercontent.com:sub': subjectsOf(MODELS),
              },
            },
          },
        ],
      },
    });
  });

  it('may invoke the alias and nothing else', () => {
    const statements = _statements(make()).filter((line) => line.startsWith('<GitHubRole>'));
    expect(statements).toEqual(['<GitHubRole>: Allow lambda:InvokeFunction on <apiAliaslive>']);
  });

  it('makes the provider without a function of the library, or takes the one there is', () => {
    make().hasResourceProperties('AWS::IAM::OIDCProvider', {
      Url: 'https://token.actions.githubusercontent.com',
      ClientIdList: ['sts.amazonaws.com'],
    });
    const given = make('arn:aws:iam::123456789012:oidc-provider/x');
    given.resourceCountIs('AWS::IAM::OIDCProvider', 0);
    given.resourceCountIs('AWS::Lambda::Function', 1);
  });

  it('refuses to trust nobody', () => {
    expect(() =>
      _templateOf((stack) => {
        const api = imageFunction(stack, 'api', {
          ...functionIdentity(stack, 'api', 'fettle-api'),
          image: { uri: _IMAGE },
          command: 'index.api',
          architecture: 'x86_64',
        }).addAlias('live');
        const names = new Names(stack, 'fettle');
        new GitHubAccess(stack, 'GitHub', { repositories: [], api, names });
      }),
    ).toThrow('name at least one repository');
  });
});
