import type { ReactNode } from "react";
import { formatDate } from "../../lib/format.ts";
import type { EndpointId } from "../../lib/models-path.ts";
import { providerMark } from "../../lib/provider-marks.ts";
import type { Unranked } from "../../lib/ranking.ts";
import { marks } from "../../lib/speed-bars.ts";
import type { EndpointLabel } from "../../lib/types.ts";
import { useWays } from "./kept.ts";
import { Link } from "./link.tsx";

/** Our sign for a provider; drawn inline, so that thirty rows cost no thirty requests. */
export function ProviderSign({ slug, className = "size-6" }: { slug: string; className?: string }) {
  const { letters, color } = providerMark(slug);
  return (
    <svg viewBox="0 0 32 32" aria-hidden="true" className={`shrink-0 font-mono ${className}`}>
      <rect
        x=".5"
        y=".5"
        width="31"
        height="31"
        rx="7"
        fill={color}
        fillOpacity=".14"
        stroke={color}
        strokeOpacity=".5"
      />
      <text
        x="16"
        y="16"
        dy=".36em"
        textAnchor="middle"
        fontSize={letters.length === 1 ? 18 : 14}
        fontWeight="700"
        fill={color}
      >
        {letters}
      </text>
    </svg>
  );
}

export interface ProviderModelProps {
  readonly endpoint: Pick<EndpointLabel, "provider" | "provider_name" | "kind" | "simulated"> & {
    readonly retired_at?: string | null;
  };
  /** The model's name, or a link with it. */
  readonly model: ReactNode;
  /** Inside of what is pressed itself nothing is a link. */
  readonly isPlain?: boolean;
  /** More tags. */
  readonly children?: ReactNode;
}

/** A provider's sign and name with what a reader must know of the endpoint, and its model below. */
export function ProviderModel({ endpoint, model, isPlain = false, children }: ProviderModelProps) {
  return (
    <span className="flex min-w-0 items-start gap-2.5">
      <ProviderSign slug={endpoint.provider} className="mt-0.5 size-7" />
      <span className="min-w-0">
        <span className="flex flex-wrap items-center gap-x-2 gap-y-0.5">
          {isPlain ? (
            <bdi className="font-semibold">{endpoint.provider_name}</bdi>
          ) : (
            <ProviderLink provider={endpoint.provider} name={endpoint.provider_name} />
          )}
          {endpoint.kind === "proxy" && <Tag>proxy</Tag>}
          {endpoint.retired_at != null && <Tag>retired</Tag>}
          {endpoint.simulated && <Tag tone="warning">simulated</Tag>}
          {children}
        </span>
        {model}
      </span>
    </span>
  );
}

/** A provider's name that leads to its page. */
export function ProviderLink({ provider, name }: { provider: string; name: string }) {
  return (
    <Link to={useWays().provider(provider)} className="provider-link">
      <bdi>{name}</bdi>
    </Link>
  );
}

/** A model's name where it is no link. */
export function ModelName({ children }: { children: string }) {
  return (
    <bdi className="figure-text block font-normal text-acid-muted text-xs [overflow-wrap:anywhere]">
      {children}
    </bdi>
  );
}

/** An endpoint as a link to its page; in brief without the story of its retirement. */
export function EndpointName({ endpoint, brief = false }: { endpoint: EndpointLabel; brief?: boolean }) {
  const ways = useWays();
  return (
    <ProviderModel
      endpoint={endpoint}
      model={
        <>
          <Link to={ways.endpoint(endpoint)} className="endpoint-link">
            <span className="sr-only">{`${endpoint.provider_name} `}</span>
            <bdi>{endpoint.model}</bdi>
          </Link>
          {!brief && <Retirement endpoint={endpoint} />}
        </>
      }
    />
  );
}

export function Retirement({ endpoint }: { endpoint: Pick<EndpointLabel, "retired_at" | "successor"> }) {
  if (endpoint.retired_at === null) return null;
  return (
    <span className="block text-2xs text-acid-muted [overflow-wrap:anywhere]">
      {`Retired ${formatDate(endpoint.retired_at)}`}
      {endpoint.successor !== null && `, succeeded by ${endpoint.successor}`}
    </span>
  );
}

/** A model's name that leads to its page. */
export function ModelLink({ endpoint }: { endpoint: EndpointId }) {
  return (
    <Link
      to={useWays().endpoint(endpoint)}
      className="figure-text inline-block py-1 text-acid-link underline-offset-4 [overflow-wrap:anywhere] hover:underline"
    >
      <bdi>{endpoint.model}</bdi>
    </Link>
  );
}

/** What a short line says beside a name: that its figures are simulated, and why it has no rank. */
export function Marks({ simulated, unranked = null }: { simulated: boolean; unranked?: Unranked | null }) {
  return marks({ simulated, unranked }).map((mark) => (
    <Tag key={mark} tone={mark === "simulated" ? "warning" : "plain"}>
      {mark}
    </Tag>
  ));
}

export function Tag({ children, tone = "plain" }: { children: string; tone?: "plain" | "warning" }) {
  const colors =
    tone === "warning" ? "border-acid-warning/50 text-acid-warning" : "border-acid-border text-acid-muted";
  return <span className={`shrink-0 rounded border px-1 text-2xs leading-4 ${colors}`}>{children}</span>;
}
