/** Codes of authenticator apps (RFC 6238), with the parameters that GoTrue uses. */
import { Secret, TOTP } from 'otpauth';
import { renderSVG } from 'uqr';

/** RFC 4226 recommends 160 bits. */
const secretBytes = 20;
/** Larger than this no phone's camera reads the QR code. */
const maxUriBytes = 1000;
/** A code is also good in the 30 seconds before and after its own. */
const skew = 1;

export interface NewTotp {
  readonly secret: string;
  readonly uri: string;
  /** An SVG element; the client library makes it a data URL, so it has no "#". */
  readonly qrCode: string;
}

/** Null when the names are too long for a QR code. */
export function makeTotp(issuer: string, account: string): NewTotp | null {
  const totp = new TOTP({ issuer, label: account, secret: new Secret({ size: secretBytes }) });
  const uri = totp.toString();
  if (uri.length > maxUriBytes) return null;
  return {
    secret: totp.secret.base32,
    uri,
    qrCode: renderSVG(uri, { ecc: 'M', pixelSize: 3 }),
  };
}

export function isTotpCode(secret: string, code: string): boolean {
  const token = code.trim();
  if (!/^[0-9]{6}$/.test(token)) return false;
  return new TOTP({ secret }).validate({ token, window: skew }) !== null;
}
