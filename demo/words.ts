import type { Phrase, Script } from './script.ts';

const perKilometer = { kilometer: 1, mile: 0.621371 };

export interface Words {
  say(phrase: Phrase, values: Readonly<Record<string, string | number>>): string;
  status(status: keyof Script['statuses']): string;
  time(at: Date): string;
  /** `amount` is in minor units. */
  money(amount: number, currency: string): string;
  distance(kilometers: number): string;
  number(value: number): string;
}

/** Texts, times and figures as people of the market write them. */
export function createWords(script: Script, timeZone: string): Words {
  const { locale, unit, phrases, statuses } = script;
  const time = new Intl.DateTimeFormat(locale, {
    weekday: 'short',
    hour: 'numeric',
    minute: '2-digit',
    timeZone,
  });
  const length = new Intl.NumberFormat(locale, { style: 'unit', unit, maximumFractionDigits: 1 });
  const number = new Intl.NumberFormat(locale, { maximumFractionDigits: 2 });
  return {
    say: (phrase, values) =>
      phrases[phrase].replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? '')),
    status: (status) => statuses[status] ?? status,
    time: (at) => time.format(at),
    money(amount, currency) {
      const format = new Intl.NumberFormat(locale, { style: 'currency', currency });
      return format.format(amount / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 0));
    },
    distance: (kilometers) => length.format(kilometers * perKilometer[unit]),
    number: (value) => number.format(value),
  };
}

/** As soon as somebody can come: the demo waits for it, since no job is done before its time. */
export function soonTimes(now = Date.now()): Date[] {
  return Array.from({ length: 6 }, (_, turn) => new Date(now + 15_000 + turn * 600_000));
}
