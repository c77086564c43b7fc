import type { Env, Hono, Schema } from 'hono';
import { hc } from 'hono/client';
import type { Endpoint } from 'hono/types';
import type { AdminFunction } from '../functions/admin/app.ts';
import type { OtpFunction } from '../functions/otp/app.ts';
import { errorOfAnswer, KarigarError } from './karigar-error.ts';

/** The answers of an app without its refusals: those are thrown. */
type Succeeding<App> =
  App extends Hono<infer AppEnv extends Env, infer Routes extends Schema, infer Base extends string>
    ? Hono<
        AppEnv,
        {
          [Path in keyof Routes]: {
            [Method in keyof Routes[Path]]: Extract<
              Routes[Path][Method],
              Endpoint & { status: 200 }
            >;
          };
        },
        Base
      >
    : never;

const connect = (url: string, options: Parameters<typeof hc>[1]) => ({
  admin: hc<Succeeding<AdminFunction>>(url, options).admin,
  otp: hc<Succeeding<OtpFunction>>(url, options).otp,
});

/**
 * The edge functions, one typed client each. What they refuse is thrown as `KarigarError`.
 *
 * @example
 * ```ts
 * const response = await karigar.functions.otp.health.$get();
 * const { status } = await response.json();
 * ```
 */
export type Functions = ReturnType<typeof connect>;

interface FunctionsOptions {
  readonly url: string;
  readonly fetch: typeof fetch;
  headers(): Promise<Record<string, string>>;
}

/** @internal */
export function createFunctions({ url, fetch, headers }: FunctionsOptions): Functions {
  return connect(`${url}/functions/v1`, {
    headers,
    fetch: async (input: Parameters<typeof fetch>[0], init?: RequestInit) => {
      const response = await fetch(input, init).catch((cause: unknown) => {
        throw new KarigarError('connection_failed', { cause });
      });
      if (response.ok) return response;
      const body = await response.json().catch(() => null);
      throw errorOfAnswer(response.status, body);
    },
  });
}
