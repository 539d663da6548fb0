/** An anchor as GitHub and npm make it of a heading, so that a link holds there and here: 'STORE_BUSY' is '#store_busy'. */
export function anchorOf(heading: string): string {
  return heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-');
}
