import { Interaction, type InteractionItem, type InteractionModeFunction } from "chart.js";
import { getRelativePosition } from "chart.js/helpers";

declare module "chart.js" {
  interface InteractionModeMap {
    hitOrMedian: InteractionModeFunction;
  }
}

/** The label of the dataset that holds a chart's medians. */
export const MEDIANS = "medians";

/**
 * What a pointer is on, or else the median that is nearest along the time axis: a line of a day has a point each hour, and
 * who points at the line between two, or taps beside it, wants to know of it too.
 */
Interaction.modes.hitOrMedian = (chart, event, options, useFinalPosition) => {
  const hit = Interaction.modes.nearest(chart, event, { ...options, intersect: true }, useFinalPosition);
  const datasetIndex = chart.data.datasets.findIndex(({ label }) => label === MEDIANS);
  if (hit.length > 0 || !chart.isDatasetVisible(datasetIndex)) return hit;
  const { x } = getRelativePosition(event, chart);
  let nearest: InteractionItem[] = [];
  let distance = Number.POSITIVE_INFINITY;
  chart.getDatasetMeta(datasetIndex).data.forEach((element, index) => {
    // A line's pieces are parted by points that are nowhere (NaN): never nearer than anything.
    const away = Math.abs(element.x - x);
    if (!(away < distance)) return;
    distance = away;
    nearest = [{ element, datasetIndex, index }];
  });
  return nearest;
};
