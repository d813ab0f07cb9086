import { type KeyboardEvent, type ReactNode, useId } from "react";

export interface HintProps {
  readonly children: ReactNode;
  readonly text: string;
  /** The side of the trigger that the box keeps to, so that it stays on the page. */
  readonly align?: "start" | "end" | "center";
  readonly className?: string;
}

const ALIGN = { start: "left-0", end: "right-0", center: "left-1/2 -translate-x-1/2" } as const;

/** Something with an explanation that opens on hover and on keyboard focus, with or without JavaScript. */
export function Hint({ children, text, align = "center", className = "" }: HintProps) {
  const id = useId();
  return (
    <span className="group/hint relative inline-flex max-w-full">
      <button
        type="button"
        aria-describedby={id}
        onKeyDown={closeOnEscape}
        className={`cursor-help rounded text-left text-inherit ${className}`}
      >
        {children}
      </button>
      <span
        role="tooltip"
        id={id}
        className={`absolute top-full z-30 mt-1.5 hidden w-60 max-w-[75vw] rounded-lg border border-acid-border bg-acid-surface p-2.5 text-left font-normal font-sans text-acid-text text-xs normal-case leading-relaxed tracking-normal shadow-black/50 shadow-xl group-focus-within/hint:block group-hover/hint:block ${ALIGN[align]}`}
      >
        {text}
      </span>
    </span>
  );
}

function closeOnEscape(event: KeyboardEvent<HTMLButtonElement>): void {
  if (event.key === "Escape") event.currentTarget.blur();
}
