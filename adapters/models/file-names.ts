/** Names that Windows keeps for devices, with or without an extension; and ends in a dot, which it drops: '.' is a folder everywhere. */
const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)|\.$/;

/**
 * Returns the file name of a key, told apart also where file names ignore case: the key in lower case, then '~' and, in
 * hexadecimal, which of its characters are capitals. Keys in lower case, the usual ones, are their own names.
 */
export function fileNameOf(key: string): string {
  const lower = key.toLowerCase();
  if (lower === key) return RESERVED.test(key) ? `${key}~0` : key;
  let capitals = 0n;
  for (let index = 0; index < key.length; index++) {
    if (key[index] !== lower[index]) capitals |= 1n << BigInt(index);
  }
  return `${lower}~${capitals.toString(16)}`;
}

/** Returns the key whose file name it is, or undefined for a file that is none of ours. */
export function keyOfFileName(name: string): string | undefined {
  const [lower, capitals = '0', ...rest] = name.split('~');
  if (rest.length > 0 || !/^[0-9a-f]{1,50}$/.test(capitals)) return undefined;
  const mask = BigInt(`0x${capitals}`);
  const key = [...lower]
    .map((letter, index) => ((mask >> BigInt(index)) & 1n ? letter.toUpperCase() : letter))
    .join('');
  return fileNameOf(key) === name ? key : undefined;
}
