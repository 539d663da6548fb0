/** A young stock's model is worth nothing below so many rows. */
export const MIN_TRAIN_ROWS = 100;
export const MIN_VALIDATION_ROWS = 20;
