/** Three opinions and what they share. */
export function BrandMark({ size = 26 }: { readonly size?: number }) {
  return (
    <svg viewBox="4 3 24 24.5" width={size} height={size} aria-hidden>
      <path
        d="M16 12.7a7.2 7.2 0 0 1 3.3 5.1 7.2 7.2 0 0 1-6.6 0 7.2 7.2 0 0 1 3.3-5.1z"
        fill="var(--region-1)"
      />
      <g fill="none" stroke="var(--accent)" strokeWidth="1.8">
        <circle cx="16" cy="12.2" r="7.2" />
        <circle cx="12.2" cy="18.8" r="7.2" />
        <circle cx="19.8" cy="18.8" r="7.2" />
      </g>
    </svg>
  );
}
