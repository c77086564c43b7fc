/** What should become of accounts and businesses, said again in another language. */
export const roles = ['owner', 'manager', 'crew_lead', 'crew_member'] as const;
export type Role = (typeof roles)[number];

interface Account {
  blocked: boolean;
  banned: boolean;
  deleted: boolean;
  gone: boolean;
}
interface Offer {
  readonly to: number;
  readonly role: Role;
  readonly by: number;
  status: 'pending' | 'accepted' | 'declined' | 'revoked' | 'forgotten';
}
interface Business {
  readonly members: Map<number, Role>;
  readonly offers: Offer[];
  isActivated: boolean;
}

export type Op =
  | { do: 'create'; who: number }
  | { do: Life; who: number }
  | { do: 'activate'; business: number }
  | { do: 'invite' | 'change'; who: number; business: number; whom: number; role: Role }
  | { do: 'remove'; who: number; business: number; whom: number }
  | { do: 'accept' | 'decline'; who: number; business: number };
export const lives = ['block', 'unblock', 'ban', 'unban', 'soften', 'restore', 'erase'] as const;
export type Life = (typeof lives)[number];

/** Everything that can be compared with the tables. */
export interface State {
  readonly status: string;
  readonly members: Record<string, Role>;
  readonly pending: readonly string[];
}

export class Model {
  readonly accounts: Account[];
  readonly businesses: Business[] = [];

  constructor(
    count: number,
    private readonly mayOwn: number,
  ) {
    this.accounts = Array.from({ length: count }, () => ({
      blocked: false,
      banned: false,
      deleted: false,
      gone: false,
    }));
  }

  isLive(who: number): boolean {
    const account = this.accounts[who];
    return !!account && !Object.values(account).includes(true);
  }

  owned(who: number): number {
    return this.businesses.filter(({ members }) => members.get(who) === 'owner').length;
  }

  state(): State[] {
    return this.businesses.map(({ members, offers, isActivated }) => ({
      status: !isActivated ? 'draft' : this.hasLiveOwner(members) ? 'active' : 'ownerless',
      members: Object.fromEntries(members),
      pending: offers
        .filter(({ status }) => status === 'pending')
        .map(({ to, role }) => `${to} ${role}`)
        .sort(),
    }));
  }

  /** Makes the step and says how it ends; null: there is nothing to do it to. */
  step(op: Op): string | null {
    if ('business' in op && !this.businesses[op.business]) return null;
    switch (op.do) {
      case 'create':
        return this.create(op.who);
      case 'activate':
        return this.activate(op.business);
      case 'invite':
        return this.invite(op);
      case 'accept':
      case 'decline':
        return this.answer(op.do, op.who, op.business);
      case 'remove':
        return this.remove(op);
      case 'change':
        return this.change(op);
      default:
        return this.live(op.do, op.who);
    }
  }

  /** The last offer to somebody, an open one before others. */
  offer(business: number, to: number): number {
    const offers = this.businesses[business]?.offers ?? [];
    const open = offers.findIndex((offer) => offer.to === to && offer.status === 'pending');
    return open >= 0 ? open : offers.findLastIndex((offer) => offer.to === to);
  }

  private business(index: number): Business {
    const business = this.businesses[index];
    if (!business) throw new Error(`no business ${index}`);
    return business;
  }

  private hasLiveOwner(members: Map<number, Role>, besides = -1): boolean {
    return [...members].some(
      ([who, role]) => role === 'owner' && who !== besides && this.isLive(who),
    );
  }

  private create(who: number): string {
    if (!this.isLive(who)) return 'user_blocked';
    if (this.owned(who) >= this.mayOwn) return 'too_many_providers';
    this.businesses.push({ members: new Map([[who, 'owner']]), offers: [], isActivated: false });
    return 'ok';
  }

  private activate(index: number): string {
    this.business(index).isActivated = true;
    return 'ok';
  }

  private actor(who: number, index: number): Role | 'user_blocked' | 'provider_not_found' {
    if (!this.isLive(who)) return 'user_blocked';
    return this.business(index).members.get(who) ?? 'provider_not_found';
  }

  private invite({ who, business: index, whom, role }: Op & { do: 'invite' | 'change' }): string {
    const { members, offers } = this.business(index);
    const actor = this.actor(who, index);
    if (!isRole(actor)) return actor;
    if (!outranks(actor, role)) return 'role_not_allowed';
    if (members.has(whom)) return 'already_member';
    const open = offers.find((offer) => offer.to === whom && offer.status === 'pending');
    if (open && !outranks(actor, open.role)) return 'role_not_allowed';
    if (open) open.status = 'revoked';
    offers.push({ to: whom, role, by: who, status: 'pending' });
    return 'ok';
  }

  private answer(answer: 'accept' | 'decline', who: number, index: number): string | null {
    const { members, offers } = this.business(index);
    const offer = offers[this.offer(index, who)];
    if (!offer) return null;
    if (!this.isLive(who)) return 'user_blocked';
    if (offer.status === 'forgotten') return 'invitation_not_found';
    if (offer.status !== 'pending') return 'invitation_closed';
    if (answer === 'accept' && !members.has(who)) {
      if (offer.role === 'owner' && this.owned(who) >= this.mayOwn) return 'too_many_providers';
      members.set(who, offer.role);
    }
    offer.status = answer === 'accept' ? 'accepted' : 'declined';
    return 'ok';
  }

  private remove({ who, business: index, whom }: Op & { do: 'remove' }): string {
    const { members, offers } = this.business(index);
    const actor = this.actor(who, index);
    if (!isRole(actor)) return actor;
    const role = members.get(whom);
    if (!role) return 'member_not_found';
    if (who !== whom && !outranks(actor, role)) return 'role_not_allowed';
    if (role === 'owner' && !this.hasLiveOwner(members, whom)) return 'last_owner';
    members.delete(whom);
    revoke(offers, ({ by }) => by === whom);
    return 'ok';
  }

  private change({ who, business: index, whom, role }: Op & { do: 'invite' | 'change' }): string {
    const { members, offers } = this.business(index);
    const actor = this.actor(who, index);
    if (!isRole(actor)) return actor;
    const before = members.get(whom);
    if (!before) return 'member_not_found';
    if (!outranks(actor, before) || !outranks(actor, role)) return 'role_not_allowed';
    if (role !== 'owner' && before === 'owner' && !this.hasLiveOwner(members, whom))
      return 'last_owner';
    if (!this.isLive(whom)) return 'member_inactive';
    if (role === 'owner' && before !== 'owner' && this.owned(whom) >= this.mayOwn)
      return 'too_many_providers';
    members.set(whom, role);
    revoke(offers, (offer) => offer.by === whom && !outranks(role, offer.role));
    return 'ok';
  }

  private live(life: Life, who: number): string {
    const account = this.accounts[who];
    if (!account || account.gone) return 'ok';
    // A block is a ban too, and its end the end of both.
    if (life === 'block' || life === 'unblock') account.blocked = life === 'block';
    if (life !== 'soften' && life !== 'restore' && life !== 'erase')
      account.banned = life === 'block' || life === 'ban';
    const isNews = !account.deleted;
    if (life === 'soften' || life === 'restore') account.deleted = life === 'soften';
    if (life === 'erase') account.gone = true;
    for (const { members, offers } of this.businesses) {
      if (life === 'soften' && isNews) forget(offers, who);
      if (account.gone) members.delete(who);
      if (!this.isLive(who)) revoke(offers, ({ by }) => by === who);
    }
    return 'ok';
  }
}

function isRole(value: string): value is Role {
  return roles.some((role) => role === value);
}

function outranks(actor: Role, role: Role): boolean {
  return actor === 'owner' || (actor === 'manager' && role.startsWith('crew'));
}

function revoke(offers: Offer[], isMeant: (offer: Offer) => boolean): void {
  for (const offer of offers) {
    if (offer.status === 'pending' && isMeant(offer)) offer.status = 'revoked';
  }
}

/** Who is deleted softly is named nowhere any more. */
function forget(offers: Offer[], who: number): void {
  for (const offer of offers) {
    if (offer.to === who) offer.status = 'forgotten';
  }
}
