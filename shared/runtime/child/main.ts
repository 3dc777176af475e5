/** The runtime child: the only place that loads onnxruntime. Ends when its parent lets go of it. */
import { readMemory } from './memory.ts';
import type { ChildCancel, ChildReply, ChildRequest } from './protocol.ts';
import { SessionTable } from './session-table.ts';

const sessions = new SessionTable();
const cancelled = new Set<number>();
let last: Promise<void> = Promise.resolve();

process.on('message', (message: ChildRequest | ChildCancel) => {
  if ('cancel' in message) cancelled.add(message.cancel);
  else last = last.then(() => serve(message));
});
process.on('disconnect', () => process.exit(0));

async function serve(request: ChildRequest): Promise<void> {
  const { id } = request;
  try {
    if (cancelled.delete(id)) reply({ id, ok: false, message: 'cancelled' });
    else reply({ id, ok: true, answer: await answer(request) });
  } catch (error) {
    reply({ id, ok: false, message: error instanceof Error ? error.message : String(error) });
  }
}

function answer(request: ChildRequest): unknown {
  switch (request.kind) {
    case 'open':
      return sessions.open(request.ask);
    case 'run':
      return sessions.run(request.ask);
    case 'startFold':
      return sessions.startFold(request.ask);
    case 'fold':
      return sessions.fold(request.ask);
    case 'endFold':
      return sessions.endFold(request.ask);
    case 'startCarry':
      return sessions.startCarry(request.ask);
    case 'carry':
      return sessions.carry(request.ask);
    case 'endCarry':
      return sessions.endCarry(request.ask);
    case 'time':
      return sessions.time(request.ask);
    case 'close':
      return sessions.close(request.ask);
    case 'memory':
      return readMemory(request.ask.forgetPeak);
    case 'version':
      return sessions.version();
  }
}

function reply(message: ChildReply): void {
  // The parent may be gone: then 'disconnect' ends this process, and nobody reads the answer.
  if (process.connected) process.send?.(message, undefined, undefined, () => {});
}
