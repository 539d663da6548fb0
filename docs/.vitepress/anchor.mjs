/**
 * An anchor as GitHub and npm make it of a heading, so that a link holds there and here: 'STORE_BUSY' is '#store_busy'.
 *
 * @param {string} heading
 * @returns {string}
 */
export function anchorOf(heading) {
  return heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-');
}
