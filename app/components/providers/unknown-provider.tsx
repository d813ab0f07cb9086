import { TextLink } from "../ui/text-link.tsx";

/** Neither the catalogue nor any result knows this provider. */
export function UnknownProvider({ slug }: { slug: string }) {
  return (
    <section className="mx-auto grid max-w-2xl gap-5 py-16 md:py-24">
      <p className="figure-text text-acid-muted text-xs">HTTP 404</p>
      <h1 className="font-semibold text-3xl tracking-tight">Provider not found</h1>
      <p className="text-acid-muted text-base leading-relaxed [overflow-wrap:anywhere]">
        {`No provider is called “${slug}”. Provider pages are at /providers/PROVIDER.`}
      </p>
      <p className="flex flex-wrap gap-5">
        <TextLink to="/status">All providers</TextLink>
        <TextLink to="/models">All models</TextLink>
      </p>
    </section>
  );
}
