import { z } from 'zod';

const answerSchema = z.object({
  code: z.string().optional(),
  message: z.string().optional(),
  details: z.string().optional(),
  hint: z.string().nullish(),
  /** How the Send SMS hook tells Auth of a failure. */
  error: z.object({ http_code: z.number(), message: z.string() }).optional(),
});

/** The body of an answer, in either of the forms in which our functions refuse. */
export async function readAnswer(response: Response): Promise<z.infer<typeof answerSchema>> {
  return answerSchema.parse(await response.json());
}
