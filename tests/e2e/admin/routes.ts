/** What calls of the function `admin` share: parameters of its routes, and how a call ends. */
import { isKarigarError } from '../../../types/index.ts';

/** As the typed client names them. */
export const providers = ':provider_id';
export const users = ':user_id';
export const ofFirm = (provider_id: string) => ({ param: { provider_id } });

export const reasonOf = async (call: Promise<unknown>): Promise<string> => {
  const error: unknown = await call.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (error === null) return 'ok';
  if (!isKarigarError(error)) throw error;
  return `${error.status} ${error.reason}`;
};
