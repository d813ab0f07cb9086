/** A drawing's figures for whoever does not see it. */
export function HiddenTable({
  caption,
  columns,
  rows,
}: {
  caption: string;
  /** The first heads the rows' names. */
  columns: readonly string[];
  rows: readonly { readonly key: string | number; readonly cells: readonly (string | number)[] }[];
}) {
  return (
    // A table cannot be made narrower than its content: what hides it is the box around it.
    <div className="sr-only">
      <table>
        <caption>{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ key, cells: [name, ...figures] }) => (
            <tr key={key}>
              <th scope="row">{name}</th>
              {figures.map((figure, index) => (
                <td key={columns[index + 1]}>{figure}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
