/** Built in by tsup as its bytes. */
declare module '*.safetensors' {
  const bytes: Uint8Array;
  // biome-ignore lint/style/noDefaultExport: so does esbuild's loader
  export default bytes;
}

/** By `imports` in package.json: the default checkpoint as a module, or nothing. */
declare module '#default-checkpoint' {
  export const config: object | undefined;
  export const weights: Uint8Array | undefined;
}
