/** What is generated from the instruction table alone, and is so at build time, since it would take a start 100 ms. */
export interface Prebuilt {
  /** WebAssembly modules in base64, by the keys of generate.ts. */
  readonly modules: Readonly<Record<string, string>>;
  /** The handlers' numbers of each instruction, in the order of the table. */
  readonly numbers: readonly { readonly far: number; readonly near: number }[];
}

/** `.ci/build.mjs` puts it here, in the product's bundles alone: what runs from the sources generates for itself. */
export const prebuilt: Prebuilt | undefined = undefined as Prebuilt | undefined;
