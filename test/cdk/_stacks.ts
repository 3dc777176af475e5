/** The whole stack as it is without any choice, and with everything that can be chosen. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { Exception } from '../../cdk/exceptions.ts';
import { FLAGS } from '../../cdk/flags.ts';
import type { FettleStackProps } from '../../cdk/props.ts';
import { FettleStack } from '../../cdk/stack.ts';
import { _IMAGE, _inFolder } from './_template.ts';

export const _PLAIN: FettleStackProps = { image: _IMAGE };

const ALL: FettleStackProps = {
  image: { x86_64: _IMAGE, arm64: `${_IMAGE}-arm64`, gpu: `${_IMAGE}-gpu` },
  lanes: { alsoMeasureOn: ['arm64'] },
  cpuQueue: {},
  encryptionKey: true,
  gitHub: { repositories: [{ owner: 'acme', name: 'models', ownerId: 11, repositoryId: 22 }] },
  watch: { dashboard: true },
};

export const _FULL: FettleStackProps = { ...ALL, gpuQueue: {} };

export const _GPU_FUNCTION: FettleStackProps = { ...ALL, gpuFunction: {} };

/** The stack without what it says of its findings. */
export class _BareStack extends FettleStack {
  protected override exceptions(): readonly Exception[] {
    return [];
  }
}

/** The template, made as `cdk/app.ts` does, with the library's own checks of CloudFormation. */
export function _synthesize(props: FettleStackProps): Template {
  return _inFolder((outdir) => {
    const app = new App({ outdir, context: FLAGS });
    return Template.fromStack(new FettleStack(app, 'Fettle', props));
  });
}

/** A template as text to read and compare: state machines as they are, not as one line. */
export const _readable = (template: object): string =>
  `${JSON.stringify(
    template,
    (key, value: unknown) =>
      key === 'DefinitionString' && typeof value === 'string' ? JSON.parse(value) : value,
    1,
  )}\n`;

interface _Report {
  readonly pluginReports: readonly {
    readonly pluginName: string;
    readonly violations: readonly {
      readonly ruleName: string;
      readonly violatingConstructs: readonly { readonly constructPath: string }[];
    }[];
  }[];
}

/** What cdk-nag and the library find and the stack does not acknowledge, each as `finding @ construct below the stack`. */
export function _findings(props: FettleStackProps, Kind = FettleStack): readonly string[] {
  return _inFolder((outdir) => {
    const app = new App({ outdir, context: FLAGS });
    new Kind(app, 'Fettle', props);
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
    let isClean = true;
    try {
      app.synth();
    } catch {
      isClean = false;
    }
    const report: _Report = JSON.parse(
      readFileSync(join(outdir, 'validation-report.json'), 'utf8'),
    );
    const found = report.pluginReports
      .flatMap(({ pluginName, violations }) =>
        violations.map((violation) => ({
          ...violation,
          prefix: pluginName === 'CloudFormation Validate' ? 'CloudFormation-Validate::' : '',
        })),
      )
      .flatMap(({ ruleName, prefix, violatingConstructs }) =>
        violatingConstructs.map(
          ({ constructPath: path }) =>
            `${prefix}${ruleName} @ ${path.replace(/^Fettle\//, '').replace(/\/Resource$/, '')}`,
        ),
      );
    // Synthesis fails exactly when something was found: else this reads the report wrongly.
    if (isClean !== (found.length === 0)) throw new Error(`${found.length} findings, ${isClean}`);
    return found.toSorted();
  });
}
