/** Returns whether `text` has the form of a repository's id on the hub: a name, or an owner and a name. */
export function isRepositoryId(text: string): boolean {
  return /^[A-Za-z0-9][\w.-]*(\/[A-Za-z0-9][\w.-]*)?$/.test(text) && !text.includes('..') && !text.includes('--');
}
