import * as z from "zod";

const tokenPrice = z.object({ input: z.number(), output: z.number(), cachedInput: z.number().nullable() });

/** USD per million tokens, with the hours (UTC) at which another price holds. */
export const listPrice = z.object({
  ...tokenPrice.shape,
  hours: z.array(z.object({ from: z.string(), to: z.string(), ...tokenPrice.shape })).optional(),
});
