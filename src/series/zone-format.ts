/** More zones than any market has; names from outside must not fill the memory. */
const MOST_FORMATS = 1000;

/** Returns what makes a zone's format once: making one takes a hundred times as long as using it. What `make` throws is thrown on. */
export function keptByZone<Format extends object>(make: (timeZone: string) => Format): (timeZone: string) => Format {
  const formats = new Map<string, Format>();
  return (timeZone) => {
    let format = formats.get(timeZone);
    if (format === undefined) {
      format = make(timeZone);
      if (formats.size >= MOST_FORMATS) formats.clear();
      formats.set(timeZone, format);
    }
    return format;
  };
}
