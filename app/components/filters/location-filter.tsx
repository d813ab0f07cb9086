import { Segments } from "./segments.tsx";

export interface LocationFilterProps {
  readonly known: readonly string[];
  /** What is shown where the address names none: by default the first. */
  readonly usual?: string | null | undefined;
  readonly shown: string | null;
  readonly asked: string | null;
  readonly href: (location: string | null) => string;
}

/** Where the figures were measured from; nothing to choose, nothing shown. */
export function LocationFilter({ known, usual = known[0], shown, asked, href }: LocationFilterProps) {
  if (known.length < 2 && (asked === null || known.includes(asked))) return null;
  return (
    <Segments
      label="Measured from"
      options={known.map((location) => ({
        text: location,
        title: `Measured from ${location}`,
        to: href(location === usual ? null : location),
        chosen: location === shown,
      }))}
    />
  );
}
