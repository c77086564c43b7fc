import { describe, expect, it } from 'vitest';
import { composeJobMessage, purposes } from '../../functions/otp/job-messages.ts';
import {
  chooseLanguage,
  composeSignInMessage,
  countSegments,
  messageLanguages,
} from '../../functions/otp/sign-in-messages.ts';

describe('the message of a sign-in code', () => {
  it.each(messageLanguages)('is one SMS in %s, with code and market', (name) => {
    const language = chooseLanguage(name);
    expect(language).toBe(name);
    const text = composeSignInMessage(language, 'ServicePro', '1234567890');
    expect(text).toContain('1234567890');
    expect(text).toContain('ServicePro');
    expect(countSegments(text)).toBe(1);
  });

  it.each(messageLanguages)('stays one SMS in %s under a long name', (name) => {
    const language = chooseLanguage(name);
    const long = 'बिहार सर्विस मार्केटप्लेस पटना मुज़फ़्फ़रपुर और भागलपुर के लिए';
    const text = composeSignInMessage(language, long, '123456');
    expect(text).toContain('123456');
    expect(countSegments(text)).toBe(1);
  });

  it('says who sends it, also where the market has no name that fits', () => {
    expect(composeSignInMessage('en', '', '123456')).toContain('your Karigar code');
    expect(composeSignInMessage('ru', 'я'.repeat(70), '123456')).toContain('Код Karigar: 123456');
  });

  it('counts SMS as operators do', () => {
    expect(countSegments('a'.repeat(160))).toBe(1);
    expect(countSegments('a'.repeat(161))).toBe(2);
    expect(countSegments('ж'.repeat(70))).toBe(1);
    expect(countSegments('ж'.repeat(71))).toBe(2);
    // "{" takes two places of the basic alphabet; taking it for Unicode errs on the dear side.
    expect(countSegments(`{${'a'.repeat(70)}`)).toBe(2);
  });

  it('takes the first language it knows', () => {
    expect(chooseLanguage('fr', 'hi-IN')).toBe('hi');
    expect(chooseLanguage('fra', 'urd_PK')).toBe('ur');
    expect(chooseLanguage('no tag', 'KK-Cyrl-KZ')).toBe('kk');
    expect(chooseLanguage(undefined, null, '')).toBe('en');
    expect(chooseLanguage('constructor')).toBe('en');
  });
});

describe('the codes of jobs', () => {
  it('come in every language, with the number of the job, in one SMS each', () => {
    const texts = messageLanguages.flatMap((language) =>
      purposes.map((purpose) =>
        composeJobMessage(chooseLanguage(language), purpose, '123456', 'BH-2026-001234'),
      ),
    );
    expect(new Set(texts).size).toBe(16);
    for (const text of texts) {
      expect(text).toMatch(/^123456.*BH-2026-001234/);
      expect(countSegments(text), text).toBe(1);
    }
  });
});
