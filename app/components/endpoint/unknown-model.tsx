import { useParams } from "@remix-run/react";
import { TextLink } from "../ui/text-link.tsx";

/** Neither the catalogue nor any result knows this provider + model. */
export function UnknownModel() {
  // /models/MODEL is one model at all its providers.
  const { provider, "*": name, identity } = useParams();
  const model = identity ?? name ?? "";
  // Names end in what they are called by: "openai/gpt-oss-20b" is found as "gpt-oss-20b".
  const word = model.split("/").at(-1)?.trim().slice(0, 100) ?? "";
  return (
    <section className="mx-auto grid max-w-2xl gap-5 py-16 md:py-24">
      <p className="figure-text text-acid-muted text-xs">HTTP 404</p>
      <h1 className="font-semibold text-3xl tracking-tight">Model not found</h1>
      <p className="text-acid-muted text-base leading-relaxed [overflow-wrap:anywhere]">
        {model === ""
          ? "Model pages are at /models/MODEL, endpoint pages at /models/PROVIDER/MODEL."
          : `“${model}”${provider === undefined ? "" : ` at provider “${provider}”`} is not in the catalogue and has no results.`}
      </p>
      <p className="flex flex-wrap gap-5">
        {word !== "" && (
          <TextLink to={`/models?q=${encodeURIComponent(word)}`} className="[overflow-wrap:anywhere]">
            {`Search for “${word}”`}
          </TextLink>
        )}
        <TextLink to="/models">All models</TextLink>
      </p>
    </section>
  );
}
