import type { ErrorEntry } from './entry.ts';

/** What the rules of the catalogue, of businesses and their members, and of users' own rows refuse. */
export const catalogueErrors = {
  vertical_not_found: {
    status: 404,
    message: 'There is no such vertical.',
    hint: 'Use the id of a row of verticals.',
  },
  too_many_provider_services: {
    status: 409,
    message: 'A business has at most 500 services.',
    hint: 'Change one that is switched off.',
  },
  too_many_categories: {
    status: 409,
    message: 'A business has at most 10 categories.',
    hint: 'Delete one first.',
  },
  too_many_skills: {
    status: 409,
    message: 'A business has at most 50 skills.',
    hint: 'Delete one first.',
  },
  too_many_photos: {
    status: 409,
    message: 'A business has at most 200 pictures.',
    hint: 'Delete one first.',
  },
  too_many_areas: {
    status: 409,
    message: 'A business has at most 20 service areas.',
    hint: 'Delete one first.',
  },
  too_many_views: {
    status: 429,
    message: 'You look at too many services.',
    hint: 'The hint of the error says after how many seconds to try again.',
  },
  too_many_addresses: {
    status: 409,
    message: 'A user has at most 50 addresses.',
    hint: 'Delete one first.',
  },
  role_not_allowed: {
    status: 403,
    message: 'Your role in the business does not allow this.',
    hint: 'Ask an owner.',
  },
  already_member: {
    status: 409,
    message: 'This person is a member already.',
    hint: 'Change the role of the member instead.',
  },
  too_many_invitations: {
    status: 429,
    message: 'The business has invited as many people as it may in a day.',
    hint: 'Try again tomorrow.',
  },
  invitation_not_found: {
    status: 404,
    message: 'There is no such invitation.',
    hint: 'Use an id that list_invitations returned.',
  },
  invitation_closed: {
    status: 409,
    message: 'This invitation is no longer open.',
    hint: 'Ask for a new one.',
  },
  member_not_found: {
    status: 404,
    message: 'There is no such member.',
    hint: 'Use the user_id of a row of provider_members.',
  },
  last_owner: {
    status: 409,
    message: 'A business keeps at least one owner.',
    hint: 'Make somebody else an owner first.',
  },
  member_inactive: {
    status: 409,
    message: 'This account is blocked or deleted.',
    hint: 'Remove the member, or wait until the account is back.',
  },
  too_many_area_names: {
    status: 409,
    message: 'The areas of the business name as many postcodes and districts as they may.',
    hint: 'Delete some, or draw a circle or a polygon.',
  },
  too_many_name_characters: {
    status: 409,
    message: 'The names of all services of the business are as long as they may be.',
    hint: 'Shorten some.',
  },
  service_too_long: {
    status: 400,
    message: 'The texts of this service are too long in all.',
    hint: 'Names, descriptions and lists have at most 30000 characters in all languages.',
  },
  too_many_memberships: {
    status: 409,
    message: 'An account acts for as many businesses as it may.',
    hint: 'Leave one first.',
  },
  too_many_members: {
    status: 409,
    message: 'The business has as many members as it may.',
    hint: 'Remove one first.',
  },
} as const satisfies Record<string, ErrorEntry>;
