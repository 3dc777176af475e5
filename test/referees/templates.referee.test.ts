/** CloudFormation by others: AWS's own linter knows the types of resources, their properties and their limits. */
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { withTempDir } from '../../shared/base/files.ts';
import { _FULL, _GPU_FUNCTION, _PLAIN, _synthesize } from '../cdk/_stacks.ts';
import { withReferee } from './_referee.ts';
import { CFN_LINT } from './known-differences.ts';

/** Not asked: DependsOn that an intrinsic implies (the CDK writes both); an account's own limits. */
const UNASKED = ['W3005', 'W3010'];

const Findings = z.array(
  z.object({
    Filename: z.string(),
    Rule: z.object({ Id: z.string() }),
    Message: z.string(),
    Location: z.object({ Path: z.array(z.union([z.string(), z.number()])).nullish() }),
  }),
);

const STACKS = { plain: _PLAIN, full: _FULL, 'gpu function': _GPU_FUNCTION };

withReferee('cfn-lint', (program) => {
  /** `stack: rule path`, of every stack in one call: most of its time goes into its own start. */
  function findings(templates: Readonly<Record<string, object>>): Promise<string[]> {
    return withTempDir('referee', async (folder) => {
      for (const [name, template] of Object.entries(templates))
        writeFileSync(join(folder, `${name}.json`), JSON.stringify(template));
      const files = Object.keys(templates).map((name) => `${name}.json`);
      const args = ['--format', 'json', '--ignore-checks', ...UNASKED, '--', ...files];
      return Findings.parse(JSON.parse(await stdoutOf(program, args, folder))).map(
        ({ Filename, Rule, Message, Location }) =>
          `${Filename.replace('.json', '')}: ${Rule.Id} ${Location.Path?.join('/') ?? ''}: ${Message}`,
      );
    });
  }

  it('finds nothing in any stack that is not known', async () => {
    const templates = Object.fromEntries(
      Object.entries(STACKS).map(([name, props]) => [name, _synthesize(props).toJSON()]),
    );
    const found = await findings(templates);
    const known = Object.keys(CFN_LINT);
    expect(found.filter((finding) => !known.some((start) => finding.startsWith(start)))).toEqual(
      [],
    );
    expect(known.filter((start) => !found.some((finding) => finding.startsWith(start)))).toEqual(
      [],
    );
  });

  it('finds what is wrong', async () => {
    const Properties = { QueueNames: 'misspelt' };
    const Resources = { Queue: { Type: 'AWS::SQS::Queue', Properties } };
    expect((await findings({ wrong: { Resources } })).join()).toMatch(
      /^wrong: E3002 Resources\/Queue\/Properties/,
    );
  });
});

/** However it ends: findings are a status, too. */
function stdoutOf(program: string, args: readonly string[], cwd: string): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(program, args, { cwd }, (error, stdout, stderr) => {
      if (error && stdout === '') reject(new Error(`${error.message}${stderr}`));
      else resolve(stdout);
    });
  });
}
