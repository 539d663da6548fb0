/** What bundles for pages get in the place of the default checkpoint: nothing, for they should not grow by a megabyte unasked. */
export const config: object | undefined = undefined;
export const weights: Uint8Array | undefined = undefined;
