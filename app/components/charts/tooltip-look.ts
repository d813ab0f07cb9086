import { ACID } from "../../lib/theme.ts";

/** Chart.js's tooltip, as the page's own hints look. */
export const TOOLTIP_LOOK = {
  backgroundColor: ACID.surface,
  borderColor: ACID.border,
  borderWidth: 1,
  titleColor: ACID.text,
  bodyColor: ACID.text,
  padding: 10,
  displayColors: false,
} as const;
