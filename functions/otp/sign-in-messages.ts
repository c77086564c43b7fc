/** The message of a sign-in code in every language of the markets. */
const templates = {
  en: (brand: string, code: string) =>
    `${code} is your ${brand} code. Do not share it with anyone.`,
  hi: (brand: string, code: string) => `आपका ${brand} कोड ${code} है। इसे किसी को न बताएँ।`,
  bho: (brand: string, code: string) => `राउर ${brand} कोड ${code} बा। ई केहू के मत बताईं।`,
  mai: (brand: string, code: string) => `अहाँक ${brand} कोड ${code} अछि। ई ककरो नहि बताउ।`,
  ur: (brand: string, code: string) => `آپ کا ${brand} کوڈ ${code} ہے۔ یہ کسی کو نہ بتائیں۔`,
  sw: (brand: string, code: string) =>
    `Nambari yako ya ${brand} ni ${code}. Usimwambie mtu yeyote.`,
  kk: (brand: string, code: string) => `${brand} коды: ${code}. Оны ешкімге айтпаңыз.`,
  ru: (brand: string, code: string) => `Код ${brand}: ${code}. Никому его не сообщайте.`,
} as const;

export type MessageLanguage = keyof typeof templates;

export const messageLanguages = Object.keys(templates);

const isMessageLanguage = (language: string): language is MessageLanguage =>
  Object.hasOwn(templates, language);

/** Of a tag as browsers and phones send it: `hi` of `hi-IN`, `hi_IN` and `hin`. */
function languageOf(tag: string): string {
  try {
    return new Intl.Locale(tag.replaceAll('_', '-')).language;
  } catch {
    return '';
  }
}

/** The first of the wished languages that there is a message in; English otherwise. */
export function chooseLanguage(...wishes: (string | null | undefined)[]): MessageLanguage {
  for (const wish of wishes) {
    const language = languageOf(wish ?? '');
    if (isMessageLanguage(language)) return language;
  }
  return 'en';
}

const gsm7 = /^[@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&'()*+,\-./0-9:;<=>?¡A-ZÄÖÑÜ§¿a-zäöñüà]*$/;

/** How many SMS a text takes: 160 characters each, 70 outside the basic alphabet. */
export function countSegments(text: string): number {
  const [single, joined] = gsm7.test(text) ? [160, 153] : [70, 67];
  return text.length <= single ? 1 : Math.ceil(text.length / joined);
}

/**
 * The text to send. The market's own name is used while the message stays one SMS, else its
 * first word, else ours: a second SMS costs as much as the first.
 */
export function composeSignInMessage(
  language: MessageLanguage,
  brand: string,
  code: string,
): string {
  const compose = (name: string) => templates[language](name, code);
  const names = [brand, brand.split(' ')[0], 'Karigar'].filter((name) => name !== undefined);
  const texts = names.filter(Boolean).map(compose);
  return texts.find((text) => countSegments(text) === 1) ?? compose('Karigar');
}
