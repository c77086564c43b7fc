import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type FunctionsFixture, openFunctions } from './functions-fixture.ts';

let fixture: FunctionsFixture;
let call: FunctionsFixture['call'];

beforeAll(async () => {
  fixture = await openFunctions();
  call = fixture.call;
}, 30_000);
afterAll(() => fixture?.stop());

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('processes', () => {
  const pid = async (from = fixture.functions) =>
    Number(await (await call('life/pid', {}, from)).text());

  it('start again after a crash, with 503 meanwhile', async () => {
    const first = await pid();
    expect((await call('life/crash')).status).toBe(500);
    await vi.waitUntil(() => !isAlive(first));
    const meanwhile = await call('life/pid');
    expect([meanwhile.status, await meanwhile.json()]).toEqual([
      503,
      { code: 'BOOT_ERROR', message: 'Function failed to start (please check logs)' },
    ]);
    await sleep(700);
    const second = await pid();
    expect(second).toBeGreaterThan(0);
    expect(second).not.toBe(first);
    expect(fixture.lines.join('\n')).toContain('life: exited (code 7)');
  });

  it('that cannot start answer 503 and log why', async () => {
    const answer = await call('broken');
    expect(answer.status).toBe(503);
    expect(fixture.lines.join('\n')).toMatch(/broken: .*Module not found/);
  });

  it('give up a request after the idle timeout, and a process that is stuck', async () => {
    const impatient = fixture.create({ idleMs: 1500 });
    try {
      const first = await pid(impatient);
      expect((await call('life/never', {}, impatient)).status).toBe(504);
      await sleep(2300);
      expect(isAlive(first)).toBe(true);
      const answer = await call('life/spin', {}, impatient);
      expect([answer.status, await answer.json()]).toMatchObject([504, { code: 'IDLE_TIMEOUT' }]);
      await vi.waitUntil(() => !isAlive(first), { timeout: 5000 });
    } finally {
      await impatient.stop();
    }
  }, 20_000);

  it('finish their background work before they stop', async () => {
    let calls = 0;
    const receiver = createServer((_request, response) => {
      calls += 1;
      response.end();
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => receiver.once('listening', resolve));
    const address = receiver.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const other = fixture.create();
    const running = await pid(other);
    const answer = await call(`life/background?to=http://127.0.0.1:${port}/`, {}, other);
    expect(answer.status).toBe(202);
    expect(calls).toBe(0);
    await other.stop();
    expect(calls).toBe(1);
    expect(isAlive(running)).toBe(false);
    receiver.close();
  }, 20_000);

  it('restart with new code', async () => {
    await writeFile(
      join(fixture.dir, 'functions/fetchable/index.ts'),
      `export default { fetch: () => new Response('changed') };`,
    );
    await fixture.functions.restart(['fetchable']);
    expect(await (await call('fetchable')).text()).toBe('changed');
  });
});
