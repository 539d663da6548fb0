/** Returns zeros in memory that threads share, where there is such memory: what they are sent of it is not copied. */
export function sharedDoubles(length: number): Float64Array {
  const isShared = typeof SharedArrayBuffer !== 'undefined';
  return new Float64Array(isShared ? new SharedArrayBuffer(8 * length) : new ArrayBuffer(8 * length));
}
