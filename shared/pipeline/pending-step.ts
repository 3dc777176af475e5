/** What an executor throws that runs nothing itself, for a step whose result is awaited from elsewhere. */

/** No failure: nobody may make a row or a message of it. */
export class PendingStep extends Error {
  override readonly name = 'PendingStep';
}
