/**
 * Returns a text without what an address may carry in confidence: its query (signatures of presigned addresses), its
 * fragment, a user's name and password; and without the secrets handed in.
 */
export function redact(text: string, secrets: readonly (string | undefined)[] = []): string {
  let shown = text.replace(/\bhttps?:\/\/[^\s'"<>()]+/g, (address) => {
    const [place, hidden] = cutAt(address, /[?#]/);
    const [scheme, rest] = [place.slice(0, place.indexOf('//') + 2), place.slice(place.indexOf('//') + 2)];
    const host = rest.split('/', 1)[0];
    const open = host.slice(host.lastIndexOf('@') + 1) + rest.slice(host.length);
    return `${scheme}${open}${hidden ? '?***' : ''}`;
  });
  for (const secret of secrets) if (secret) shown = shown.replaceAll(secret, '***');
  return shown;
}

function cutAt(text: string, mark: RegExp): [string, boolean] {
  const place = text.search(mark);
  return place < 0 ? [text, false] : [text.slice(0, place), true];
}

/** Returns what went wrong, in words and without secrets: fetch hides it in its error's cause. */
export function reason(error: unknown, secrets: readonly (string | undefined)[] = []): string {
  if (!(error instanceof Error)) return redact(String(error), secrets);
  const cause = error.cause instanceof Error && error.cause.message !== '' ? ` (${error.cause.message})` : '';
  return redact(`${error.message}${cause}`, secrets);
}
