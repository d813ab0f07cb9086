// The gateway changes headers of what its fetch answered, which Node does not let it: a copy of an answer has its own.
const own = globalThis.fetch;
globalThis.fetch = async (input, init) => {
  const { body, status, statusText, headers } = await own(input, init);
  return new Response(body, { status, statusText, headers });
};
