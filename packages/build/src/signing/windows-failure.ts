import type { Reason } from './failure.ts';

const CERTIFICATE = 'sign.windows.certificate';

/** Why osslsigncode did not sign. */
export function whyOsslsigncodeFailed(said: string, hasPassword: boolean): Reason {
  if (/Wrong password|mac verify failure/i.test(said)) return passwordWrong(hasPassword);
  if (/Failed to (?:extract|read) PKCS#12/i.test(said)) {
    const hint =
      'Name a PKCS #12 file (.pfx, .p12) with certificate and key: openssl pkcs12 -info -in <file> shows it.';
    const why = 'the certificate file cannot be read as PKCS #12';
    return { code: 'ERR_BUILD_SIGN_KEY_UNUSABLE', why, hint, key: CERTIFICATE };
  }
  if (/unsupported input file type|Unrecognized file type/i.test(said)) {
    return failed('it is no program for Windows', 'Only programs for Windows (.exe, .dll, .msi) are signed so.');
  }
  if (/timestamp/i.test(said)) {
    return failed('the time stamp was not given', 'See that the authority of WINDOWS_TIMESTAMP_URL can be reached.');
  }
  return failed('osslsigncode has failed', 'Correct what osslsigncode reports.');
}

/** Why signtool did not sign. */
export function whySigntoolFailed(said: string): Reason {
  if (/No certificates were found/i.test(said)) {
    const why = 'there is no such certificate, with its key, in the store of this user';
    const hint =
      'Import it (certutil -user -importpfx <file>), and see that it is for code signing and has not expired.';
    return { code: 'ERR_BUILD_SIGN_KEY_NOT_FOUND', why, hint, key: CERTIFICATE };
  }
  if (/timestamp server/i.test(said)) {
    return failed('the time stamp was not given', 'See that the authority of WINDOWS_TIMESTAMP_URL can be reached.');
  }
  return failed('signtool has failed', 'Correct what signtool reports.');
}

function passwordWrong(given: boolean): Reason {
  return {
    code: 'ERR_BUILD_SIGN_PASSWORD_WRONG',
    why: given ? 'the password of the certificate is wrong' : 'the certificate needs a password, and nobody gave one',
    hint: 'Put it into the environment, and name the variable in sign.windows.password: $WINDOWS_PASSWORD.',
    key: 'sign.windows.password',
  };
}

function failed(why: string, hint: string): Reason {
  return { code: 'ERR_BUILD_SIGN_FAILED', why, hint };
}
