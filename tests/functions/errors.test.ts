import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { scanErrors } from '../../scripts/error-scan.ts';
import { errorsPage, renderErrorsPage } from '../../scripts/errors.ts';
import { errors, isErrorReason } from '../../types/errors.ts';

const raised = await scanErrors(fileURLToPath(new URL('../..', import.meta.url)));

describe('the catalogue of errors', () => {
  it('lists every reason that SQL, functions and SDK raise', () => {
    const unlisted = raised.filter(({ reason }) => !isErrorReason(reason));
    expect(unlisted).toEqual([]);
  });

  it('has the status that SQL raises', () => {
    const different = raised.filter(
      ({ reason, status }) =>
        status !== null && isErrorReason(reason) && errors[reason].status !== status,
    );
    expect(different).toEqual([]);
  });

  it('lists no reason that nothing raises', () => {
    const reasons = new Set(raised.map(({ reason }) => reason));
    expect(Object.keys(errors).filter((reason) => !reasons.has(reason))).toEqual([]);
  });

  it('has its page in docs/ (npm run errors)', async () => {
    expect(await readFile(errorsPage, 'utf8')).toBe(await renderErrorsPage());
  });
});
