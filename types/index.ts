/** The client of a Karigar backend. */
export {
  type Booking,
  type BookingActor,
  type BookingChange,
  type BookingHistory,
  type BookingPage,
  type BookingStatus,
  bookingChangeSchema,
  bookingSchema,
  bookingStatusSchema,
  type GetBooking,
  type ListBookingHistory,
  type ListBookings,
  type RequestBooking,
  type TransitionBooking,
} from './bookings.ts';
export {
  type Badges,
  type Conversation,
  type ConversationPage,
  conversationSchema,
  type MarkedRead,
  type Message,
  type MessagePage,
  messageSchema,
  type Read,
  type UserBlock,
} from './chat.ts';
export type {
  GetConversation,
  ListConversations,
  ListMessages,
  MarkRead,
  SendMessage,
  SetConversationFlags,
  SetUserBlock,
  StartConversation,
} from './chat-arguments.ts';
export type { ChatRpc } from './chat-rpc.ts';
export type { Database, Json, Tables } from './database.ts';
export { type ErrorEntry, type ErrorReason, errors, isErrorReason } from './errors.ts';
export type { WatchState } from './follow.ts';
export type { Functions } from './functions.ts';
export type { JobRpc } from './job-rpc.ts';
export {
  type ConfirmJobCode,
  type IssueJobCode,
  type JobCode,
  type JobCodePurpose,
  jobCodePurposeSchema,
  type LastSeen,
  type ProviderLastSeen,
} from './jobs.ts';
export { createKarigar, type Karigar, type KarigarOptions } from './karigar.ts';
export {
  isKarigarError,
  KarigarError,
  type KarigarErrorDetails,
  type Reason,
} from './karigar-error.ts';
export type { Invitation, MembersRpc } from './members-rpc.ts';
export { eachChange, eachItem } from './paging.ts';
export type { CreateProvider, NewProvider, ProviderRpc } from './provider-rpc.ts';
export type { FoundProvider, ProviderPage, SearchProviders } from './providers.ts';
export type { ReviewRpc } from './review-rpc.ts';
export type {
  CustomerRating,
  GetCustomerRating,
  ListReviews,
  ProviderReputation,
  Reputation,
  Review,
  ReviewPage,
  SubmitReview,
} from './reviews.ts';
export type { Rpc } from './rpc.ts';
export { plainCode, plainPhone } from './typed.ts';
export type { ActivityWatch, Typing, WatchActivityOptions } from './watch-activity.ts';
export type { BookingWatch, WatchOptions } from './watch-booking.ts';
export type { ConversationWatch, WatchConversationOptions } from './watch-conversation.ts';
export type { PresenceWatch, WatchPresenceOptions } from './watch-presence.ts';
export type { UserWatch, WatchUserOptions } from './watch-user.ts';
