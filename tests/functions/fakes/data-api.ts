import { Hono } from 'hono';
import { inboxKey } from './inbox.ts';
import { serveFake } from './serve.ts';

const market = (id: string, country: string, language: string, service: string | null) => ({
  id,
  country,
  names: { en: id[0]?.toUpperCase() + id.slice(1) },
  default_language: language,
  sms_service: service,
});

export const markets = [
  market('atyrau', 'KZ', 'ru', 'mobizon'),
  market('baitech', 'KE', 'sw', 'africas_talking'),
  market('bihar', 'IN', 'hi', 'msg91'),
  market('localpro', 'IN', 'en', 'msg91'),
  market('servicepro', 'US', 'en', 'twilio'),
];

/** `/rest/v1/markets` for the secret key; `state.isDown` makes it fail. */
export function serveDataApi(state = { isDown: false }) {
  const app = new Hono();
  app.get('/rest/v1/markets', (c) => {
    if (c.req.header('apikey') !== inboxKey) {
      return c.json({ code: '42501', message: 'denied', details: null, hint: null }, 401);
    }
    if (state.isDown) {
      return c.json({ code: '57P03', message: 'starting up', details: null, hint: null }, 503);
    }
    return c.json(markets);
  });
  return serveFake(app);
}
