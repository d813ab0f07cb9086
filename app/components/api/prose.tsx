/** A description of the document: what stands between backticks is code. */
export function Prose({ text }: { text: string }) {
  return (
    <>
      {text.split("`").map((part, index) =>
        index % 2 === 1 ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a text have no other name and never move
          <code key={index} className="font-mono text-[0.9em] text-acid-text">
            {part}
          </code>
        ) : (
          part
        ),
      )}
    </>
  );
}
