import { AsyncLocalStorage } from 'node:async_hooks';
import type { AccessClaims } from '../tokens.ts';

/** Who sends a request: the claims its database session is given, already verified. */
export interface Caller {
  readonly claims: AccessClaims;
  readonly apiKeyRole: 'anon' | 'service_role';
  /** Where from; the database is told as hosted's gateway does, in `x-forwarded-for`. */
  readonly ip?: string;
}

/** What the database connection must know of the HTTP request that lite is answering. */
export interface RequestState {
  readonly caller: Caller;
  readonly method: string;
  readonly path: string;
  readonly headers: Headers;
  /** `Prefer: tx=rollback`. */
  readonly rollback: boolean;
  /** PostgREST's answer, where lite's differs. */
  answer?: Response;
  /** What the database said last to lite's storage, which has one text for all of it. */
  databaseError?: { readonly code: string; readonly message: string };
}

/** Lite hands its connection neither method nor headers, so they travel beside the call. */
export const currentRequest = new AsyncLocalStorage<RequestState>();
