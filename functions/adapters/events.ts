/** Events that go out: EventBridge, source `fettle`. */
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { ToolError } from '../../shared/base/errors.ts';
import { clientDefaults } from './clients.ts';

export const EVENT_SOURCE = 'fettle';
export type EventType = 'Optimization Finished' | 'Optimization Failed';

/** Sent at least once: a function that is called again sends again. @throws ToolError when it is not taken */
export async function sendEvent(bus: string, type: EventType, detail: object): Promise<void> {
  // One event a job: a client for it costs less than one that outlives its environment.
  const client = new EventBridgeClient(clientDefaults());
  try {
    const { Entries: [entry] = [] } = await client.send(
      new PutEventsCommand({
        Entries: [
          {
            EventBusName: bus,
            Source: EVENT_SOURCE,
            DetailType: type,
            Detail: JSON.stringify(detail),
          },
        ],
      }),
    );
    if (entry?.ErrorCode)
      throw new ToolError(
        `the event was not taken: ${entry.ErrorCode} ${entry.ErrorMessage ?? ''}`,
      );
  } finally {
    client.destroy();
  }
}
