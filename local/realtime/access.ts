import type { Sql } from 'postgres';
import { messageOf } from '../errors.ts';
import type { Identity } from './identity.ts';
import { Refusal } from './identity.ts';

export interface Access {
  readonly broadcast: boolean;
  readonly presence: boolean;
}

const outageClasses = new Set(['08', '53', '57', 'CO', 'EC']);

/**
 * What the policies on realtime.messages let this identity do with a topic. One statement, so it
 * holds no transaction open between two round trips. Throws Refusal when the database is out of
 * reach; a policy that fails denies.
 */
export async function checkAccess(
  sql: Sql,
  identity: Identity,
  topic: string,
  right: 'read' | 'write',
  headers: Record<string, string>,
  onPolicyError: (message: string) => void,
): Promise<Access> {
  try {
    const [access] = await sql<Access[]>`
      select broadcast, presence from realtime.check_access(
        ${identity.role}, ${topic}, ${JSON.stringify(identity.claims)}::text::jsonb,
        ${JSON.stringify(headers)}::text::jsonb, ${right === 'write'}
      )
    `;
    return access ?? { broadcast: false, presence: false };
  } catch (error) {
    if (isOutage(error)) {
      throw new Refusal(
        'UnableToConnectToProject',
        'Realtime was unable to connect to the project database',
      );
    }
    onPolicyError(messageOf(error));
    return { broadcast: false, presence: false };
  }
}

/** A lost or refused connection, as Postgres (SQLSTATE classes), postgres.js or Node name it. */
export function isOutage(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error)) return false;
  return outageClasses.has(String(error.code).slice(0, 2));
}
