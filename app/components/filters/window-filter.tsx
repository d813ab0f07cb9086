import { WINDOWS, type WindowName } from "../../lib/queries.ts";
import { WINDOW_NAMES } from "../../lib/words.ts";
import { Segments } from "./segments.tsx";

export interface WindowFilterProps {
  /** Null: another time than these. */
  readonly chosen: WindowName | null;
  readonly href: (window: WindowName) => string;
}

/** How far back the figures reach. */
export function WindowFilter({ chosen, href }: WindowFilterProps) {
  return (
    <Segments
      label="Time window"
      options={WINDOWS.map((window) => ({
        text: window,
        title: `The last ${WINDOW_NAMES[window]}`,
        to: href(window),
        chosen: window === chosen,
      }))}
    />
  );
}
