/** The part of the official client that the tests use; it comes without types. */
declare module 'africastalking' {
  interface Client {
    SMS: {
      send(message: { to: string; message: string; from?: string }): Promise<unknown>;
    };
  }
  export default function africasTalking(account: { username: string; apiKey: string }): Client;
}
