/** `fettle remote`: what was published in S3, and which run of each model is the one to use. */
import type { Command } from 'commander';
import { InputError } from '../../base/errors.ts';
import type { ObjectStore } from '../../pipeline/distributed/object-store.ts';
import { type Environment, type GlobalFlags, wantsColor } from '../environment.ts';
import { addGlobalOptions } from '../options.ts';
import type { Register } from '../program.ts';
import type { Moved } from '../remote/move-pointer.ts';

interface Flags extends GlobalFlags {
  readonly outbox?: string;
  readonly json?: boolean;
}

const EXAMPLES = `
Examples:
  fettle remote list --outbox my-outbox        every model, with its latest run and its candidate
  fettle remote list team/digits               the runs of one
  fettle remote promote team/digits            use the run that waits for somebody to look at it
  fettle remote rollback team/digits           use the run before

The outbox is that of --outbox or FETTLE_OUTBOX; region, credentials and endpoint are found as by the AWS command line.`;

export const registerRemote: Register = (program, environment) => {
  const remote = program
    .command('remote')
    .description('what was published in S3: list, promote, roll back, forget')
    .addHelpText('after', EXAMPLES);
  const add = (name: string, description: string): Command =>
    addOutboxOptions(remote.command(name).description(description));

  add('list', 'models with their latest run and candidate; of one model its runs')
    .argument('[name]', 'a model')
    .action((name: string | undefined, flags: Flags) => list(environment, name, flags));
  add('promote', 'use the candidate: the run that waits because a budget is broken')
    .argument('<name>', 'a model')
    .action((name: string, flags: Flags) =>
      withRemote(environment, flags, async (outbox) => {
        const { promoteModel } = await import('../remote/move-pointer.ts');
        await tellMoved(await promoteModel(outbox, name), environment, flags);
      }),
    );
  add('rollback', 'use the run before the one in use, or another')
    .argument('<name>', 'a model')
    .option('--to <run>', 'the run to use, as `list` names it')
    .action((name: string, flags: Flags & { readonly to?: string }) =>
      withRemote(environment, flags, async (outbox) => {
        const { rollbackModel } = await import('../remote/move-pointer.ts');
        await tellMoved(await rollbackModel(outbox, name, flags.to), environment, flags);
      }),
    );
  add('forget', 'remove all runs of a model; without --yes, only say what would go')
    .argument('<name>', 'a model')
    .option('-y, --yes', 'remove them')
    .action((name: string, flags: Flags & { readonly yes?: boolean }) =>
      forget(environment, name, flags),
    );
};

function addOutboxOptions(command: Command): Command {
  command
    .option('--outbox <bucket>', 'the bucket of the results (default: FETTLE_OUTBOX)')
    .option('--json', 'print one JSON object');
  addGlobalOptions(command);
  return command;
}

async function list(
  environment: Environment,
  name: string | undefined,
  flags: Flags,
): Promise<void> {
  const { catalogJson, renderCatalog, renderRuns, runsJson } = await import(
    '../remote/render-list.ts'
  );
  await withRemote(environment, flags, async (outbox) => {
    if (name === undefined) {
      const { listCatalog } = await import('../../pipeline/distributed/catalog.ts');
      const models = await listCatalog(outbox);
      const text = (): string => renderCatalog(models, outbox.name, new Date());
      print(environment, flags, catalogJson(models), text);
      return;
    }
    const { readModelRuns } = await import('../../pipeline/distributed/model-runs.ts');
    const model = await readModelRuns(outbox, name);
    print(environment, flags, runsJson(model), () => renderRuns(model, new Date()));
  });
}

async function forget(
  environment: Environment,
  name: string,
  flags: Flags & { readonly yes?: boolean },
): Promise<void> {
  const { forgetModel, toForget } = await import('../../pipeline/distributed/forget-model.ts');
  const { readModelRuns } = await import('../../pipeline/distributed/model-runs.ts');
  const { formatBytes } = await import('../../report/numbers.ts');
  await withRemote(environment, flags, async (outbox) => {
    const model = await readModelRuns(outbox, name);
    const forgotten = toForget(model);
    if (flags.yes) await forgetModel(outbox, model);
    const { runs, objects, bytes } = forgotten;
    const what = `${runs.length} runs of ${name} with ${objects} objects, ${formatBytes(bytes)}`;
    print(environment, flags, { ...forgotten, isRemoved: flags.yes === true }, () =>
      flags.yes
        ? `removed ${what}\n`
        : `would remove ${what}:\n${runs.map((run) => `  ${run}\n`).join('')}Nothing was removed. To do it: fettle remote forget ${name} --yes\n`,
    );
  });
}

async function tellMoved(moved: Moved, environment: Environment, flags: Flags): Promise<void> {
  const { idOf } = await import('../remote/move-pointer.ts');
  const { renderTable } = await import('../../report/table.ts');
  const { name, run, replaced, difference } = moved;
  print(environment, flags, moved, () => {
    const color = wantsColor(environment.stdout, flags, environment.env);
    const table = difference ? `${renderTable(difference, { color })}\n` : '';
    const before = replaced === undefined ? '' : `, it was ${idOf(replaced)}`;
    return `${table}latest of ${name} is ${idOf(run)} now${before}\n`;
  });
}

function print({ stdout }: Environment, { json }: Flags, value: unknown, text: () => string): void {
  stdout.write(json ? `${JSON.stringify(value, null, 2)}\n` : text());
}

/** The only place where the command line meets the cloud: whoever works on local files loads none of its packages. */
async function withRemote(
  { env }: Environment,
  { outbox }: Flags,
  work: (outbox: ObjectStore) => Promise<void>,
): Promise<void> {
  const bucket = (outbox ?? env.FETTLE_OUTBOX ?? '').replace(/^s3:\/\//, '').replace(/\/+$/, '');
  if (bucket === '')
    throw new InputError('which bucket is the outbox is not known', {
      where: '--outbox',
      hint: 'Give it with --outbox BUCKET, or FETTLE_OUTBOX; the stack prints it as OutboxName.',
    });
  const { withOutbox } = await import('../../../functions/adapters/remote-outbox.ts');
  await withOutbox(bucket, work);
}
