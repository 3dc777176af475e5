/** A reference child: holds one model in its own runtime. Ends when its parent lets go of it. */
import type { ChildCancel, ChildReply } from '../../../runtime/child/protocol.ts';
import { openLiteRt } from './litert.ts';
import type { ReferenceOperations } from './protocol.ts';
import type { Runner } from './runner.ts';
import { openTfjs, openTfjsLayers } from './tfjs.ts';
import { openTfjsNode } from './tfjs-node.ts';

type Request = {
  [Kind in keyof ReferenceOperations]: {
    readonly id: number;
    readonly kind: Kind;
    readonly ask: ReferenceOperations[Kind]['ask'];
  };
}[keyof ReferenceOperations];

let runner: Runner | undefined;
let last: Promise<void> = Promise.resolve();

process.on('message', (message: Request | ChildCancel) => {
  // The parent kills this process when it loses patience: nothing waits in line.
  if (!('cancel' in message)) last = last.then(() => serve(message));
});
process.on('disconnect', () => process.exit(0));

async function serve(request: Request): Promise<void> {
  const { id } = request;
  try {
    reply({ id, ok: true, answer: await answer(request) });
  } catch (error) {
    reply({ id, ok: false, message: error instanceof Error ? error.message : String(error) });
  }
}

async function answer({ kind, ask }: Request): Promise<unknown> {
  if (kind === 'open') {
    runner = await open(ask);
    return { taps: runner.tap !== undefined };
  }
  if (!runner) throw new Error('no model is open');
  return kind === 'run' ? runner.run(ask) : (runner.tap?.(ask.feeds, ask.names) ?? {});
}

async function open({ module, model, ports }: ReferenceOperations['open']['ask']): Promise<Runner> {
  const library: unknown = await import(module);
  switch (model.runtime) {
    case 'tfjs':
      return 'layers' in model
        ? openTfjsLayers(library, model.layers, ports)
        : openTfjs(library, model.path, ports);
    case 'litert':
      return openLiteRt(library, model.path, model.folder, ports);
    case 'tfjs-node':
      return openTfjsNode(library, model.path, model.signature, ports);
  }
}

function reply(message: ChildReply): void {
  if (process.connected) process.send?.(message, undefined, undefined, () => {});
}
