/** Small stacks for the tests of constructs, and templates in a form that is read by people. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { FLAGS } from '../../cdk/flags.ts';
import { Names } from '../../cdk/names.ts';
import type { Places } from '../../cdk/permissions.ts';
import { Sandbox } from '../../cdk/sandbox.ts';

/** No image of this address exists: nothing here is deployed. */
export const _IMAGE = '123456789012.dkr.ecr.us-east-1.amazonaws.com/fettle:1';

/** With a folder for what is synthesized; an application makes one as soon as it is there. */
export function _inFolder<T>(use: (outdir: string) => T): T {
  const outdir = mkdtempSync(join(tmpdir(), 'fettle-cdk-'));
  try {
    return use(outdir);
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

/** The template of a stack that holds only what `build` puts into it. */
export function _templateOf(build: (stack: Stack) => void): Template {
  return _inFolder((outdir) => {
    // The library's own checks take seconds to load; test/cdk/stack.slow.test.ts has them for all of it.
    const app = new App({ outdir, context: FLAGS, builtinCloudFormationValidation: false });
    const stack = new Stack(app, 'T');
    build(stack);
    return Template.fromStack(stack);
  });
}

/** A stack that is never synthesized. */
export const _emptyStack = (): Stack =>
  _inFolder((outdir) => new Stack(new App({ outdir, context: FLAGS }), 'T'));

export function _places(stack: Stack): Places {
  return {
    inbox: new Bucket(stack, 'In'),
    outbox: new Bucket(stack, 'Out'),
    names: new Names(stack, 'fettle'),
    eventBus: 'arn:bus',
    renews: true,
  };
}

export function _sandbox(stack: Stack, { inbox, outbox }: Places, hasContainers = false): Sandbox {
  return new Sandbox(stack, 'Sandbox', { inbox, outbox, signer: 'arn:signer', hasContainers });
}

/** A value as text: references as `<LogicalId>` without the hash that the library appends. */
export function _text(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(_text).join(', ');
  if (typeof value !== 'object' || value === null) return String(value);
  const entries = Object.entries(value);
  const [name, argument] = entries[0] ?? ['', ''];
  if (entries.length === 1 && name === 'Ref') return `<${_plain(String(argument))}>`;
  if (entries.length === 1 && name === 'Fn::GetAtt' && Array.isArray(argument))
    return `<${_plain(String(argument[0]))}.${argument.slice(1).join('.')}>`;
  if (entries.length === 1 && name === 'Fn::Join' && Array.isArray(argument))
    return (argument[1] as unknown[]).map(_text).join(String(argument[0]));
  return entries.map(([key, item]) => `${key}: ${_text(item)}`).join('; ');
}

const _plain = (logicalId: string): string => logicalId.replace(/[0-9A-F]{8}$/, '');

/** Every statement of every policy, one a line: `role: Allow actions on resources [if conditions]`. */
export function _statements(template: Template): readonly string[] {
  return Object.values(template.findResources('AWS::IAM::Policy'))
    .flatMap(({ Properties: properties }) => {
      const roles = _text(properties.Roles);
      return properties.PolicyDocument.Statement.map(
        (statement: Record<string, unknown>) =>
          `${roles}: ${_text(statement.Effect)} ${_text(statement.Action)} on ${_text(statement.Resource)}${
            statement.Condition ? ` if ${_text(statement.Condition)}` : ''
          }`,
      );
    })
    .toSorted();
}

/** The properties of the only resource of a type. */
export function _only(template: Template, type: string): Record<string, unknown> {
  const found = Object.values(template.findResources(type));
  if (found.length !== 1) throw new Error(`${found.length} of ${type}`);
  return found[0]?.Properties ?? {};
}
