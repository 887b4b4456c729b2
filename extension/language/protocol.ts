/** What client and server say to each other beside the Language Server Protocol. */
export interface ServerSettings {
  /** Whose instructions there are where no .machine says it. */
  readonly processor: 'power7' | 'power8';
  readonly privilegedHints: boolean;
}
export interface IncludedText {
  readonly uri: string;
  readonly text: string;
}

/** The server asks the editor for a file that another one includes; null when there is none. */
export const includedTextMethod = 'key31/includedText';
export interface IncludedTextArguments {
  readonly from: string;
  readonly name: string;
}
