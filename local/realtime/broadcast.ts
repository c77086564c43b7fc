import type { Channel } from './channel.ts';
import type { Publication } from './hub.ts';
import { type ClientMessage, encode, encodeBroadcast } from './protocol.ts';

/** What a client broadcasts to the others of its topic. */
export class BroadcastHandler {
  readonly #channel: Channel;

  constructor(channel: Channel) {
    this.#channel = channel;
  }

  async handle(message: ClientMessage): Promise<void> {
    const { server, join, topic, name } = this.#channel;
    const answer = (status: 'ok' | 'error', response = {}) => {
      if (join.ack) this.#channel.reply(message.ref, status, response);
    };
    const isAllowed = !join.isPrivate || (await this.#channel.writes()).broadcast;
    if (this.#channel.isClosed) return;
    if (!isAllowed) {
      const reason = `You do not have permissions to write to this Channel topic: ${name}`;
      return answer('error', { reason: `Unauthorized: ${reason}` });
    }
    if (!server.rates.messages.take()) {
      return this.#channel.shutDown('Too many messages per second');
    }
    if (sizeOf(message) > server.limits.payloadBytes) {
      return answer('error', { reason: 'payload_size_exceeded' });
    }
    const self = join.self ? undefined : this.#channel;
    topic?.publish(this.#publicationOf(message), 'broadcast', self);
    answer('ok');
  }

  #publicationOf({ broadcast, payload }: ClientMessage): Publication {
    const topic = this.#channel.wireName;
    return {
      encode: (vsn) =>
        broadcast
          ? encodeBroadcast(vsn, topic, broadcast)
          : encode(vsn, { topic, event: 'broadcast', payload }),
    };
  }
}

function sizeOf({ broadcast, payload }: ClientMessage): number {
  return broadcast ? broadcast.payload.length : Buffer.byteLength(JSON.stringify(payload));
}
