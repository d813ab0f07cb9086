import { Link, type LinkProps } from "./link.tsx";

/** A link among text. */
export function TextLink({ className = "", ...props }: LinkProps) {
  return <Link {...props} className={`text-acid-link underline underline-offset-4 ${className}`} />;
}
