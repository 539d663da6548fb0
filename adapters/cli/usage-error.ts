/** A call that cannot be meant: it exits with 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
