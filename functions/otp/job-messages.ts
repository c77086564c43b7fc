import type { MessageLanguage } from './sign-in-messages.ts';

export const purposes = ['start', 'completion'] as const;
export type Purpose = (typeof purposes)[number];

/** What the customer reads: the code, of which job, and when to say it. Always one SMS. */
const templates: Record<
  MessageLanguage,
  Record<Purpose, (code: string, number: string) => string>
> = {
  en: {
    start: (code, number) => `${code} starts job ${number}. Say it only when the worker is there.`,
    completion: (code, number) => `${code} ends job ${number}. Say it only when the work is done.`,
  },
  hi: {
    start: (code, number) => `${code}: काम ${number} शुरू करने का कोड। कारीगर के आने पर बताएँ।`,
    completion: (code, number) => `${code}: काम ${number} पूरा होने का कोड। काम हो जाने पर बताएँ।`,
  },
  bho: {
    start: (code, number) => `${code}: काम ${number} शुरू करे के कोड। कारीगर अइला पर बताईं।`,
    completion: (code, number) => `${code}: काम ${number} पूरा होखे के कोड। काम भइला पर बताईं।`,
  },
  mai: {
    start: (code, number) => `${code}: काज ${number} शुरू करबाक कोड। कारीगर अएला पर बताउ।`,
    completion: (code, number) => `${code}: काज ${number} पूरा होएबाक कोड। काज भेला पर बताउ।`,
  },
  ur: {
    start: (code, number) => `${code}: کام ${number} شروع کرنے کا کوڈ۔ کاریگر کے آنے پر بتائیں۔`,
    completion: (code, number) => `${code}: کام ${number} مکمل ہونے کا کوڈ۔ کام ہونے پر بتائیں۔`,
  },
  sw: {
    start: (code, number) =>
      `${code} ni nambari ya kuanza kazi ${number}. Mwambie fundi akifika tu.`,
    completion: (code, number) =>
      `${code} ni nambari ya kumaliza kazi ${number}. Itaje kazi ikiisha tu.`,
  },
  kk: {
    start: (code, number) => `${code}: ${number} жұмысын бастау коды. Шебер келгенде айтыңыз.`,
    completion: (code, number) => `${code}: ${number} жұмысын аяқтау коды. Жұмыс біткенде айтыңыз.`,
  },
  ru: {
    start: (code, number) => `${code}: код начала работы ${number}. Назовите мастеру на месте.`,
    completion: (code, number) => `${code}: код завершения ${number}. Назовите, когда всё готово.`,
  },
};

export function composeJobMessage(
  language: MessageLanguage,
  purpose: Purpose,
  code: string,
  number: string,
): string {
  return templates[language][purpose](code, number);
}
