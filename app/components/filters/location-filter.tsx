import { Segments } from "./segments.tsx";

export interface LocationFilterProps {
  readonly known: readonly { readonly location: string }[];
  /** What is shown where the address names none: by default the first. */
  readonly usual?: string | null | undefined;
  readonly shown: string | null;
  readonly asked: string | null;
  readonly href: (location: string | null) => string;
}

/** Where the figures were measured from; nothing to choose, nothing shown. */
export function LocationFilter({ known, usual, shown, asked, href }: LocationFilterProps) {
  const names = known.map(({ location }) => location);
  if (names.length < 2 && (asked === null || names.includes(asked))) return null;
  const byDefault = usual === undefined ? names[0] : usual;
  return (
    <Segments
      label="Measured from"
      options={names.map((location) => ({
        text: location,
        title: `Measured from ${location}`,
        to: href(location === byDefault ? null : location),
        chosen: location === shown,
      }))}
    />
  );
}
