/**
 * Lets Escape close the explanation that is open, by hover as by focus; the one under the pointer comes back once the
 * pointer has left it. One listener for all of them, in the browser.
 */
export function closeHintsOnEscape(): void {
  document.addEventListener("keydown", ({ key }) => {
    if (key !== "Escape") return;
    const { activeElement } = document;
    if (activeElement instanceof HTMLElement && activeElement.closest(".hint")) activeElement.blur();
    const hovered = document.querySelector<HTMLElement>(".hint:hover");
    if (hovered === null) return;
    hovered.dataset.closed = "";
    hovered.addEventListener("pointerleave", () => delete hovered.dataset.closed, { once: true });
  });
}
