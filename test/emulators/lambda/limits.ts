/** What AWS Lambda allows, exactly. Source: "Lambda quotas" and the Invoke operation of the API. */

/** Of a request that is answered (RequestResponse). */
export const MAX_SYNC_PAYLOAD = 6_291_456;
/** Of an event (Invocation type Event). */
export const MAX_ASYNC_PAYLOAD = 1_048_576;
/** Of an answer: Lambda allows 100 bytes more than of a request. */
export const MAX_RESPONSE = 6_291_556;
/** Of what `LogType: Tail` returns. */
export const MAX_LOG_TAIL = 4096;
/** Lambda gives up on an initialization after this long, and starts it again within the function's own timeout. */
export const MAX_INIT_MS = 10_000;
