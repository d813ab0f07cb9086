export function SiteFooter() {
  return (
    <footer className="border-acid-border border-t">
      <p className="mx-auto w-full max-w-[90rem] px-4 py-6 text-acid-muted text-xs leading-relaxed md:px-6">
        Every 15 minutes each endpoint gets one streaming request, one at a time. Failures count against
        reliability and are excluded from speeds. All times are UTC.
      </p>
    </footer>
  );
}
