import { Link, useParams } from "@remix-run/react";

/** Neither the catalogue nor any result knows this provider + model. */
export function UnknownModel() {
  const { provider = "", "*": model = "" } = useParams();
  // Names end in what they are called by: "openai/gpt-oss-20b" is found as "gpt-oss-20b".
  const word = model.split("/").at(-1)?.trim().slice(0, 100) ?? "";
  return (
    <section className="mx-auto grid max-w-2xl gap-5 py-16 md:py-24">
      <p className="figure-text text-acid-muted text-xs">HTTP 404</p>
      <h1 className="font-semibold text-3xl tracking-tight">There is no such model here</h1>
      <p className="text-acid-muted text-base leading-relaxed [overflow-wrap:anywhere]">
        {model === ""
          ? "An address of a model is /models/, its provider, and the model’s whole name."
          : `No provider “${provider}” is known to offer “${model}”, and no result was ever stored under these names.`}
      </p>
      <p className="flex flex-wrap gap-5">
        {word !== "" && (
          <Link
            to={`/models?q=${encodeURIComponent(word)}`}
            className="text-acid-link underline underline-offset-4 [overflow-wrap:anywhere]"
          >
            {`Search for “${word}”`}
          </Link>
        )}
        <Link to="/models" className="text-acid-link underline underline-offset-4">
          All models
        </Link>
      </p>
    </section>
  );
}
