import { createContext, useContext } from "react";

const NonceContext = createContext("");

/** Server only: browsers hide a nonce from scripts once it has done its work. */
export const NonceProvider = NonceContext.Provider;

/** The nonce for inline scripts of this response; undefined in the browser. */
export function useNonce(): string | undefined {
  return useContext(NonceContext) || undefined;
}
