const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/**
 * Returns text that stands for itself inside an element or a quoted attribute. Control characters become U+FFFD: they are
 * not allowed in a page.
 */
export function escapeHtml(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not get through
  return text.replace(/[&<>"']/g, (sign) => ENTITIES[sign]).replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '\ufffd');
}
