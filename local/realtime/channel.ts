import { type Access, checkAccess } from './access.ts';
import { BroadcastHandler } from './broadcast.ts';
import { ChannelChanges } from './channel-changes.ts';
import { PresenceHandler } from './channel-presence.ts';
import type { Connection } from './connection.ts';
import type { Frame, Member, Topic } from './hub.ts';
import { expiredSince, type Identity, identityOfToken, isApiKey, Refusal } from './identity.ts';
import { type Join, parseJoin, replaySchema } from './join.ts';
import { publicationOf } from './messages.ts';
import type { ClientMessage, Payload, Vsn } from './protocol.ts';
import type { RealtimeServer } from './server.ts';

const longestTimerMs = 3_600_000;
const replicationReadyTimeoutMs = 15_000;
const everything: Access = { broadcast: true, presence: true };

/** One topic that one connection has joined, or is about to. */
export class Channel implements Member {
  readonly server: RealtimeServer;
  readonly connection: Connection;
  /** As it stands in messages: `realtime:<name>`. */
  readonly wireName: string;
  readonly name: string;
  readonly joinRef: string | null;
  readonly join: Join;
  identity: Identity;
  topic: Topic | undefined;

  readonly #ref: string | null;
  readonly #broadcasts: BroadcastHandler;
  readonly #presence: PresenceHandler;
  readonly #changes: ChannelChanges;
  #read: Access = everything;
  #write: Access | null = null;
  /** What arrives before the join is answered waits; null from then on. */
  #held: { frame: Frame; id: string | undefined }[] | null = [];
  #replayed = new Set<string>();
  #expiryTimer: NodeJS.Timeout | undefined;
  #work: Promise<void> = Promise.resolve();
  #pending = 0;
  #isClosed = false;

  constructor(server: RealtimeServer, connection: Connection, message: ClientMessage) {
    this.server = server;
    this.connection = connection;
    this.wireName = message.topic;
    this.name = message.topic.slice('realtime:'.length);
    this.joinRef = message.joinRef ?? message.ref;
    this.#ref = message.ref;
    this.join = parseJoin(message.payload);
    this.identity = connection.identity;
    this.#broadcasts = new BroadcastHandler(this);
    this.#presence = new PresenceHandler(this);
    this.#changes = new ChannelChanges(this);
  }

  get vsn(): Vsn {
    return this.connection.vsn;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  get hears() {
    const presence = !this.join.isPrivate || (this.#presence.isEnabled && this.#read.presence);
    return { broadcast: this.#read.broadcast, presence };
  }

  /** Messages of one channel are dealt with in order, also where one waits for the database. */
  start(): void {
    const isWithinRate = this.server.rates.joins.take();
    this.#enqueue(() => this.#answerJoin(isWithinRate));
  }

  receive(message: ClientMessage): void {
    this.#enqueue(() => this.#handle(message));
  }

  #enqueue(task: () => Promise<void> | void): void {
    if (this.#pending >= this.server.limits.pendingMessages) {
      this.connection.close(1008, 'Too many messages wait to be handled');
      return;
    }
    this.#pending += 1;
    this.#work = this.#work.then(async () => {
      this.#pending -= 1;
      if (this.#isClosed) return;
      try {
        await task();
      } catch (error) {
        this.#fail(error);
      }
    });
  }

  #fail(error: unknown): void {
    if (error instanceof Refusal) {
      this.shutDown(error.message);
      return;
    }
    this.server.log.error(`${this.wireName}: ${error instanceof Error ? error.stack : error}`);
    this.push('phx_error', {});
    this.close();
  }

  async #answerJoin(isWithinRate: boolean): Promise<void> {
    try {
      if (this.name === '') throw new Refusal('TopicNameRequired', 'You must provide a topic name');
      if (!isWithinRate) {
        throw new Refusal('ClientJoinRateLimitReached', 'Too many joins per second');
      }
      if (this.connection.channelCount > this.server.limits.channelsPerConnection) {
        throw new Refusal('ChannelRateLimitReached', 'Too many channels');
      }
      await this.#identify();
      if (this.join.isPrivate) this.#read = await this.#checkRead();
      const replay = this.#replayRequest();
      // From here on messages are held, so that none falls between the replay and the live ones.
      this.topic = this.server.hub.join(this.name, this.join.isPrivate, this);
      const replayed = replay
        ? await this.server.messages.replay(this.name, replay.since, replay.limit)
        : [];
      const bindings = await this.#changes.answerJoin();
      if (this.#isClosed) return;
      this.reply(this.#ref, 'ok', { postgres_changes: bindings });
      for (const message of replayed) {
        this.#replayed.add(message.id);
        const frame = publicationOf(message, { replayed: true, id: message.id }).encode(this.vsn);
        if (frame !== null) this.connection.send(frame);
      }
      this.#release();
      this.#armExpiry();
      this.#presence.sync();
      this.#changes.start();
      if (this.join.replicationReady) this.#announceReplication(Date.now());
    } catch (error) {
      this.close();
      if (!(error instanceof Refusal)) {
        this.server.log.error(
          `join ${this.wireName}: ${error instanceof Error ? error.stack : error}`,
        );
      }
      const reason = error instanceof Refusal ? error.reason : 'Unknown Error on Channel';
      this.reply(this.#ref, 'error', { reason });
      if (reason.startsWith('ClientJoinRateLimitReached')) this.connection.close(1000, reason);
    }
  }

  async #identify(): Promise<void> {
    const { accessToken } = this.join;
    if (accessToken !== null && !isApiKey(accessToken)) {
      this.identity = await identityOfToken(this.server.tokens, accessToken);
    }
  }

  async #checkRead(): Promise<Access> {
    const read = await this.#check('read');
    if (read.broadcast || read.presence) return read;
    throw unreadable('You do not have permissions', this.name);
  }

  /** What this channel may write, asked once per access token. */
  async writes(): Promise<Access> {
    if (!this.join.isPrivate) return everything;
    this.#write ??= await this.#check('write');
    return this.#write;
  }

  #check(right: 'read' | 'write'): Promise<Access> {
    return checkAccess(
      this.server.sql,
      this.identity,
      this.name,
      right,
      this.connection.headers,
      (message) => this.server.log.warn(`policy on realtime.messages, ${this.name}: ${message}`),
    );
  }

  #replayRequest() {
    if (this.join.replay === null) return null;
    const refuse = (message: string) => new Refusal('UnableToReplayMessages', message);
    if (!this.join.isPrivate) throw refuse('Replay is not allowed for public channels');
    const { data } = replaySchema.safeParse(this.join.replay);
    if (!data) throw refuse('Replay params are not valid');
    if (this.#read.broadcast) return data;
    throw unreadable('You do not have permissions', this.name);
  }

  async #handle(message: ClientMessage): Promise<void> {
    switch (message.event) {
      case 'broadcast':
        return this.#broadcasts.handle(message);
      case 'presence':
        return this.#presence.handle(message);
      case 'access_token':
        return this.#renew(message.payload.access_token);
      case 'phx_leave':
        this.reply(message.ref, 'ok', {});
        this.push('phx_close', {}, this.joinRef);
        return this.close();
    }
  }

  async #renew(token: unknown): Promise<void> {
    if (typeof token !== 'string' || isApiKey(token) || token === this.identity.token) return;
    const before = this.#read;
    this.identity = await identityOfToken(this.server.tokens, token);
    this.#write = null;
    if (this.join.isPrivate) {
      this.#read = await this.#checkRead();
      const isRevoked =
        (before.broadcast && !this.#read.broadcast) || (before.presence && !this.#read.presence);
      if (isRevoked) {
        throw unreadable('You no longer have permission', this.name);
      }
    }
    this.#armExpiry();
    this.#changes.renew();
  }

  #armExpiry(): void {
    clearTimeout(this.#expiryTimer);
    const { expiresAt } = this.identity;
    if (expiresAt === null || this.#isClosed) return;
    const remaining = expiresAt - Date.now();
    if (remaining > 0) {
      this.#expiryTimer = setTimeout(() => this.#armExpiry(), Math.min(remaining, longestTimerMs));
    } else {
      this.shutDown(expiredSince(expiresAt));
    }
  }

  #announceReplication(since: number): void {
    if (this.#isClosed) return;
    if (this.server.messages.isReady) {
      this.pushSystem('system', 'ok', 'Replication connection established');
    } else if (Date.now() - since > replicationReadyTimeoutMs) {
      this.shutDown('Replication connection was not established in time');
    } else {
      setTimeout(() => this.#announceReplication(since), 500);
    }
  }

  deliver(frame: Frame, id?: string): void {
    if (this.#held) {
      if (this.#held.push({ frame, id }) > this.server.limits.pendingMessages) {
        this.connection.close(1008, 'Too many messages wait for the join');
      }
    } else if (id === undefined || !this.#replayed.has(id)) {
      this.connection.send(frame);
    }
  }

  #release(): void {
    const held = this.#held ?? [];
    this.#held = null;
    for (const { frame, id } of held) this.deliver(frame, id);
  }

  reply(ref: string | null, status: 'ok' | 'error', response: Payload): void {
    const payload = { status, response };
    const { joinRef, wireName: topic } = this;
    this.connection.sendMessage({ joinRef, ref, topic, event: 'phx_reply', payload });
  }

  push(event: string, payload: Payload, ref: string | null = null): void {
    const { joinRef, wireName: topic } = this;
    this.connection.sendMessage({ joinRef, ref, topic, event, payload });
  }

  pushSystem(extension: 'system' | 'postgres_changes', status: 'ok' | 'error', message: string) {
    this.push('system', { extension, status, message, channel: this.name });
  }

  /** Tells the client why, then ends the channel; the connection stays. */
  shutDown(message: string): void {
    if (this.#isClosed) return;
    this.pushSystem('system', 'error', message);
    this.push('phx_close', {}, this.joinRef);
    this.close();
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#held = null;
    clearTimeout(this.#expiryTimer);
    this.server.hub.leave(this.name, this.join.isPrivate, this);
    this.#presence.stop();
    this.#changes.stop();
    this.connection.forget(this);
  }
}

function unreadable(lack: string, name: string): Refusal {
  return new Refusal('Unauthorized', `${lack} to read from this Channel topic: ${name}`);
}
