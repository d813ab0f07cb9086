import { readPrices } from "../data/api.server.ts";
import { listLoader } from "../data/api-answer.server.ts";
import { PRICES_QUERY } from "../lib/api/queries.ts";

export const loader = listLoader("prices", () => PRICES_QUERY, readPrices);
