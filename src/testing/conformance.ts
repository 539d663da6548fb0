/** One promise of an interface, and the code that holds a subject to it. */
export interface ConformanceCase {
  /** What the subject does, in words. */
  name: string;
  /** Why the case is left out; absent when it is run. */
  skipped?: string | undefined;
  /** Rejects with the broken promise in its message. */
  run(): Promise<void>;
}

/** `test` or `it` of vitest, node:test, jest, mocha, bun or any other runner of that form. */
export interface TestFunction {
  // biome-ignore lint/suspicious/noConfusingVoidType: runners declare their callbacks in either way
  (name: string, run: () => Promise<void>): unknown | void;
  skip?: ((name: string, run: () => Promise<void>) => unknown) | undefined;
}

/**
 * Whether a subject has what some cases need. `true`, or left out: it has, and is held to it. `false`, or the reason
 * in words: it has not, and the runner shows those cases as skipped.
 */
export type Support = boolean | string;

/** Returns why the capability is missing, or undefined if it is there. */
export function missing(capability: string, support: Support | undefined): string | undefined {
  if (support === undefined || support === true) return undefined;
  return typeof support === 'string' ? support : `supports.${capability} is false`;
}

/** Hands the cases to the runner, the skipped ones by name and reason. A runner without `test.skip` gets them as empty tests. */
export function register(cases: readonly ConformanceCase[], test: TestFunction | undefined): void {
  if (test === undefined) return;
  for (const { name, skipped, run } of cases) {
    if (skipped === undefined) test(name, run);
    else (test.skip ?? test)(`${name} (skipped: ${skipped})`, async () => {});
  }
}
