import { redirect } from "@remix-run/cloudflare";

/** Providers are listed with their states. */
export function loader() {
  return redirect("/status", 302);
}
