import { notFound, problemResponse } from "../lib/api/http.ts";

/** What is not there says so as a program can read it. */
export function loader() {
  return problemResponse(notFound("The paths are listed in /api/v1/openapi.json and documented on /api."));
}
