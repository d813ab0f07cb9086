import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import { HiddenTable } from "../../../app/components/ui/hidden-table.tsx";

const render = (caption: string, columns: string[], rows: [string | number, ...(string | number)[]][]) =>
  renderToStaticMarkup(createElement(HiddenTable, { caption, columns, rows }));

test("a drawing's table has a caption, heads of columns and rows, and a cell for each figure", () => {
  expect(
    render(
      "TTFT over time",
      ["From", "p50"],
      [
        ["10:00", "412 ms"],
        ["11:00", 3],
      ],
    ),
  ).toBe(
    '<div class="sr-only"><table><caption>TTFT over time</caption>' +
      '<thead><tr><th scope="col">From</th><th scope="col">p50</th></tr></thead>' +
      '<tbody><tr><th scope="row">10:00</th><td>412 ms</td></tr>' +
      '<tr><th scope="row">11:00</th><td>3</td></tr></tbody></table></div>',
  );
});

test("whatever a name holds is text in it, wherever it stands", () => {
  const name = `</caption></th></td><script>alert("1")</script> & 'x' ]]> \u0000 \ud800`;
  const html = render(name, ["Endpoint", name], [[name, name]]);
  expect(html.match(/<\/?[a-z]+/g)?.filter((tag) => tag.includes("script"))).toEqual([]);
  expect(html.match(/<th/g)).toHaveLength(4); // <thead> is one of them.
  expect(html.match(/&lt;script&gt;alert\(&quot;1&quot;\)/g)).toHaveLength(4);
  for (const unprintable of ["\u0000", "\ud800"]) expect(html).not.toContain(unprintable);
});
