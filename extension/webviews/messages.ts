/** What a webview and the extension say to each other. */
import type { CustomRequests, GuestStateData } from '../../debug-adapter/custom-protocol';

/** Requests that a webview may make of the adapter: those that change nothing. */
export const allowedRequests = ['key31/pageTable', 'key31/pageTableEntries', 'key31/translate'] as const;
export type AllowedRequest = (typeof allowedRequests)[number];

export type FromWebview =
  | { readonly kind: 'ready' }
  | { readonly kind: 'ask'; readonly id: number; readonly request: AllowedRequest; readonly args: unknown }
  /** Show the walk of an address in the view that is for that. */
  | { readonly kind: 'walk'; readonly address: string };

export type ToWebview =
  | { readonly kind: 'state'; readonly state: GuestStateData | undefined }
  | { readonly kind: 'answer'; readonly id: number; readonly body: unknown }
  | { readonly kind: 'refusal'; readonly id: number; readonly message: string }
  | { readonly kind: 'walk'; readonly address: string };

export type Ask = <K extends AllowedRequest>(request: K, args: CustomRequests[K][0]) => Promise<CustomRequests[K][1]>;
