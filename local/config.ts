/** The resolved settings of one stack: where it keeps its state and which ports it uses. */
export interface StackConfig {
  /** The repository that is served: holds `supabase/`, `functions/`, `sql/`. */
  readonly projectDir: string;
  /** Keys, data directory and stored objects live here (`.karigar/`). */
  readonly stateDir: string;
  /** Where clients reach the gateway, without a trailing slash: `http://127.0.0.1:54321`. */
  readonly url: string;
  readonly apiPort: number;
  readonly dbPort: number;
  /** Connects as `postgres`, the role that migrations and developers use. */
  readonly databaseUrl: string;
  /** Connects as `supabase_admin`, the platform's superuser. */
  readonly adminDatabaseUrl: string;
  /** False when `DATABASE_URL` names a native server that the stack does not own. */
  readonly embedded: boolean;
  /** A proxy stands before the stack: the last hop of `x-forwarded-for` is who calls. */
  readonly behindProxy: boolean;
  readonly limits: AuthLimits;
  /** Lifetimes as `supabase/config.toml` states them. */
  readonly accessTokenSeconds: number;
  readonly refreshTokenSeconds: number;
}

/** Limits of `/auth/v1`; the defaults are hosted Supabase's, tests widen them. */
export interface AuthLimits {
  /** Seconds before the same phone or address is sent another code. */
  readonly otpIntervalSeconds: number;
  readonly otpExpirySeconds: number;
  /** Codes sent per hour, the whole project. */
  readonly smsPerHour: number;
  readonly emailsPerHour: number;
  /** Calls of /verify, and of sign-in and sign-up, per IP and 5 minutes. */
  readonly verifyPerIp: number;
  readonly signInPerIp: number;
  readonly refreshPerIp: number;
  /** Challenges to second factors, and answers to them, per IP and 2 minutes. */
  readonly factorsPerIp: number;
}
