/** As wide as a digit: what is padded with it stands under its neighbours. */
export const FIGURE_SPACE = '\u2007';
