import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { createFunction } from '../../functions/_shared/app.ts';
import { AppError } from '../../functions/_shared/errors.ts';
import { maskPhones, parseMobile } from '../../functions/_shared/phone.ts';
import { createApp } from '../../functions/otp/app.ts';
import { readAnswer } from './answer.ts';

const logged: string[] = [];
beforeEach(() => {
  logged.length = 0;
  for (const method of ['info', 'warn', 'error'] as const) {
    vi.spyOn(console, method).mockImplementation((line) => logged.push(String(line)));
  }
});
afterEach(() => vi.restoreAllMocks());

function frame() {
  const app = createFunction({ name: 'try', title: 'T', description: 'D', maxBodyBytes: 10 });
  app.get('/crash', () => {
    throw new Error('password of +919876543210 in the database');
  });
  app.get('/refuse', () => {
    throw new AppError('sms_refused', { hint: 'Ask them.' });
  });
  app.post('/read', async (c) => c.text(await c.req.text()));
  return app;
}

describe('the frame of a function', () => {
  it('answers errors in one shape', async () => {
    const response = await frame().request('/try/refuse');
    expect(response.status).toBe(422);
    expect(await response.json()).toEqual({
      code: 'PT422',
      message: 'The SMS service refused this number.',
      details: 'sms_refused',
      hint: 'Ask them.',
    });
  });

  it('keeps the text of unknown errors inside, under the request id', async () => {
    const response = await frame().request('/try/crash', { headers: { 'x-request-id': 'abc-1' } });
    expect(response.status).toBe(500);
    expect(response.headers.get('x-request-id')).toBe('abc-1');
    const body = await response.text();
    expect(body).toContain('internal_error');
    expect(body).not.toContain('password');
    const line = logged.find((text) => text.includes('request failed'));
    expect(line).toMatch(/abc-1/);
    expect(line).toMatch(/password of •••10/);
  });

  it('refuses unknown paths and large bodies in the same shape', async () => {
    const unknown = await frame().request('/try/nowhere');
    expect([unknown.status, (await readAnswer(unknown)).details]).toEqual([404, 'route_not_found']);
    const large = await frame().request('/try/read', {
      method: 'POST',
      body: 'x'.repeat(11),
      headers: { 'content-length': '11' },
    });
    expect([large.status, (await readAnswer(large)).details]).toEqual([413, 'payload_too_large']);
  });

  it('lets browsers call it with the headers of supabase-js', async () => {
    const response = await frame().request('/try/read', {
      method: 'OPTIONS',
      headers: {
        origin: 'https://app.example',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,apikey,x-client-info',
      },
    });
    expect(response.status).toBe(204);
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(response.headers.get('access-control-allow-headers')).toContain('apikey');
  });

  it('logs requests without query and phone numbers', async () => {
    await frame().request('/try/919876543210?apikey=secret');
    expect(logged.join()).not.toMatch(/919876543210|secret/);
  });
});

describe('the documents of otp', () => {
  it('describe every route, with the shape of errors', async () => {
    const response = await createApp({}).request('/otp/openapi.json');
    const document = z
      .object({
        openapi: z.literal('3.1.0'),
        paths: z.record(z.string(), z.record(z.string(), z.unknown())),
        components: z.object({ schemas: z.record(z.string(), z.unknown()) }),
      })
      .parse(await response.json());
    expect(Object.keys(document.paths)).toEqual([
      '/otp/health',
      '/otp',
      '/otp/job-codes',
      '/otp/job-codes/check',
    ]);
    expect(Object.keys(document.components.schemas)).toEqual(
      expect.arrayContaining(['SendSms', 'Error', 'HookAnswer']),
    );
  });

  it('have a page that loads nothing from elsewhere', async () => {
    const response = await createApp({}).request('/otp/docs');
    expect(response.headers.get('content-type')).toContain('text/html');
    const page = await response.text();
    expect(page).toContain('<code>post</code> /otp');
    expect(page).not.toMatch(/<script|src=|https?:\/\//);
  });
});

describe('phone numbers', () => {
  it.each([
    ['919876543210', 'IN'],
    ['+254112345678', 'KE'],
    ['77010000001', 'KZ'],
    ['79161234567', 'RU'],
  ])('reads %s as a mobile of %s', (digits, country) => {
    expect(parseMobile(digits)?.country).toBe(country);
  });

  it.each(['915123456789', '912227784321', '1', '', 'abc'])('takes %j for no mobile', (digits) => {
    expect(parseMobile(digits)).toBeNull();
  });

  it('are masked, ids are not', () => {
    expect(maskPhones('to +919876543210, 254712345678.')).toBe('to •••10, •••78.');
    const id = '01890a5d-ac96-774b-bcce-123456789012';
    expect(maskPhones(id)).toBe(id);
  });
});
