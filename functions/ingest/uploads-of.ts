/** What a message of the queue says: S3's events as EventBridge sends them, or as S3 does by itself. */
import { z } from 'zod';
import { decodeNotificationKey } from '../../shared/pipeline/distributed/object-key.ts';

/** An object that arrived. */
export interface Upload {
  readonly bucket: string;
  readonly key: string;
  /** ISO 8601: when it was complete. */
  readonly time: string;
  /** Tells two uploads of one key apart. */
  readonly mark: string;
}

const timeSchema = z.iso.datetime({ offset: true });
const bucketSchema = z.object({ name: z.string().min(1) });

/** Source: S3 User Guide, "EventBridge event message structure". The key is as it is. */
const bridgedSchema = z.object({
  'detail-type': z.string(),
  time: timeSchema,
  detail: z.object({
    bucket: bucketSchema,
    object: z.object({
      key: z.string(),
      sequencer: z.string().optional(),
      'version-id': z.string().optional(),
      etag: z.string().optional(),
    }),
  }),
});

/** Source: S3 User Guide, "Event message structure". The key is encoded as a query. */
const notificationSchema = z.object({
  Records: z.array(
    z.object({
      eventName: z.string(),
      eventTime: timeSchema,
      s3: z.object({
        bucket: bucketSchema,
        object: z.object({
          key: z.string(),
          sequencer: z.string().optional(),
          versionId: z.string().optional(),
          eTag: z.string().optional(),
        }),
      }),
    }),
  ),
});

/** What S3 sends once when notifications are set up. */
const testSchema = z.object({ Event: z.literal('s3:TestEvent') });

const messageSchema = z.union([bridgedSchema, notificationSchema, testSchema]);

/** The uploads of one message; deletions are none. @throws for what is no message of S3: nobody else may send any */
export function uploadsOf(body: string): Upload[] {
  const message = messageSchema.parse(JSON.parse(body));
  if ('Event' in message) return [];
  if ('Records' in message)
    return message.Records.filter(({ eventName }) => /^(s3:)?ObjectCreated:/.test(eventName)).map(
      ({ eventTime, s3: { bucket, object } }) => ({
        bucket: bucket.name,
        // One that no key encodes to stays as it is: it names no object.
        key: decodeNotificationKey(object.key) ?? object.key,
        time: eventTime,
        mark: object.sequencer ?? object.versionId ?? object.eTag ?? eventTime,
      }),
    );
  if (message['detail-type'] !== 'Object Created') return [];
  const { bucket, object } = message.detail;
  const mark = object.sequencer ?? object['version-id'] ?? object.etag ?? message.time;
  return [{ bucket: bucket.name, key: object.key, time: message.time, mark }];
}
