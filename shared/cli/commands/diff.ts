/** `fettle diff`: two models, measured side by side, or two reports. */
import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { InputError } from '../../base/errors.ts';
import { explainReadError } from '../../base/files.ts';
import type { Report } from '../../report/schema.ts';
import type { GlobalFlags } from '../environment.ts';
import { addDataOptions, addMeasureOptions, addReaderOptions } from '../options.ts';
import type { Register } from '../program.ts';
import type { JobFlags } from '../settings.ts';

interface Flags extends JobFlags, GlobalFlags {
  readonly json?: boolean;
  readonly markdown?: boolean;
}

/** A report of many models with all sensitivities is well below; JSON.parse would take several times as much. */
const REPORT_MAX_BYTES = 256e6;

/** What may be said when two reports are compared; everything else is about measuring. */
const OF_REPORTS = new Set(['json', 'markdown', 'quiet', 'color', 'debug']);

const EXAMPLES = `
Examples:
  fettle diff old.onnx new.onnx --data test.npz
  fettle diff main/report.json head/report.json --markdown > comment.md`;

export const registerDiff: Register = (program, environment, done) => {
  const command = program
    .command('diff')
    .description('compare two models, or two report.json')
    .argument('<base>', 'a model, or a report.json')
    .argument('<head>', 'the other of the same kind');
  addReaderOptions(addDataOptions(command));
  addMeasureOptions(command)
    .option('--json', 'print the comparison as JSON')
    .option('--markdown', 'print the pull request’s comment')
    .addHelpText('after', EXAMPLES)
    .action(async (base: string, head: string, flags: Flags) => {
      const report = await compare(base, head, flags);
      if (flags.markdown && !flags.json) {
        const { renderMarkdown } = await import('../../report/markdown.ts');
        const { exitCodeOfReport } = await import('../../report/roll-up.ts');
        environment.stdout.write(`${renderMarkdown(report)}\n`);
        done(exitCodeOfReport(report));
        return;
      }
      const { printReport } = await import('../print-report.ts');
      done(printReport(report, environment, flags));
    });

  const compare = async (base: string, head: string, flags: Flags): Promise<Report> => {
    const [basePath, headPath] = [resolve(environment.cwd, base), resolve(environment.cwd, head)];
    const [first, second] = [await isReport(basePath), await isReport(headPath)];
    if (first !== second) {
      throw new InputError(
        `${first ? base : head} is a report and ${first ? head : base} is none`,
        { hint: 'Give two models, or two report.json.' },
      );
    }
    if (first) {
      const useless = command.options.find(
        (option) =>
          !OF_REPORTS.has(option.attributeName()) &&
          command.getOptionValueSource(option.attributeName()) === 'cli',
      );
      if (useless)
        throw new InputError(`${useless.long} means nothing for two reports`, {
          where: useless.long ?? useless.flags,
          hint: 'Reports are compared as they were measured; give two models to measure them.',
        });
      const { diffReports } = await import('../../report/diff.ts');
      return diffReports(await readReport(basePath, base), await readReport(headPath, head), {
        base,
        head,
      });
    }
    const { compareToReport } = await import('../compare-to-report.ts');
    const { settingsOf } = await import('../settings.ts');
    return compareToReport(environment, flags, {
      model: head,
      base: { path: basePath, shown: base },
      settings: settingsOf(flags),
    });
  };
};

/** By its schema, wherever in the file that stands. */
async function isReport(path: string): Promise<boolean> {
  try {
    const { size } = await stat(path);
    if (!path.endsWith('.json') || size > REPORT_MAX_BYTES) return false;
    return /"schema"\s*:\s*"fettle\.report/.test(await readFile(path, 'utf8'));
  } catch (error) {
    throw explainReadError(error, path);
  }
}

async function readReport(path: string, shown: string): Promise<Report> {
  const { parseReport } = await import('../../report/schema.ts');
  const text = await readFile(path, 'utf8');
  try {
    return parseReport(JSON.parse(text), shown);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new InputError(`${shown} is not JSON: ${error.message}`, { where: shown, cause: error });
  }
}
