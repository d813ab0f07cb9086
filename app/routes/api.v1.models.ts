import { readModels } from "../data/api.server.ts";
import { listLoader } from "../data/api-answer.server.ts";
import { MODELS_QUERY } from "../lib/api/queries.ts";

export const loader = listLoader("models", () => MODELS_QUERY, readModels);
