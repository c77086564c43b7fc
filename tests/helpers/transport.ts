import type { RealtimeClientOptions } from '@supabase/supabase-js';
import { WebSocket } from 'ws';
import { z } from 'zod';

/** Node 20 has no WebSocket of its own; the types of `ws` and of supabase-js differ in details. */
export const transport = z
  .custom<NonNullable<RealtimeClientOptions['transport']>>((value) => value === WebSocket)
  .parse(WebSocket);
