import { Component, type ReactNode } from "react";

/** A canvas that fails leaves the drawing below it, not an error page. */
export class KeepDrawing extends Component<{ readonly children: ReactNode }, { readonly failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError(): { failed: boolean } {
    return { failed: true };
  }

  override render(): ReactNode {
    return this.state.failed ? null : this.props.children;
  }
}
