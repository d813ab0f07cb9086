/** The lines of a well-behaved OpenAI-compatible stream, to misbehave with. */

const chunk = (choices: readonly object[], extra: object = {}): string =>
  `data: ${JSON.stringify({ id: "c-1", object: "chat.completion.chunk", created: 1, model: "m", choices, ...extra })}\n\n`;

export const piece = (content: string): string =>
  chunk([{ index: 0, delta: { content }, finish_reason: null }]);

export const thought = (reasoning: string): string =>
  chunk([{ index: 0, delta: { reasoning_content: reasoning }, finish_reason: null }]);

export const finish = (reason = "stop"): string => chunk([{ index: 0, delta: {}, finish_reason: reason }]);

export const usage = (counts: object): string => chunk([], { usage: counts });

export const errorEvent = (error: object): string => `data: ${JSON.stringify({ error })}\n\n`;

export const DONE = "data: [DONE]\n\n";

/** Four tokens, reported. */
export const COUNTS = { prompt_tokens: 21, completion_tokens: 4, total_tokens: 25 };

export const ANSWER = [piece("One"), piece(" two"), piece(" three"), piece(" four")].join("");
