import { useSearchParams } from 'react-router';

/** The metric that is looked at, kept in the address so that a link shows the same; `usual` where it names none of these. */
export function useMetricInAddress(offered: readonly string[], usual: string): [string, (key: string) => void] {
  const [address, setAddress] = useSearchParams();
  const named = address.get('metric');
  const choose = (key: string) =>
    setAddress(
      (before) => {
        before.set('metric', key);
        return before;
      },
      { replace: true, preventScrollReset: true },
    );
  return [named !== null && offered.includes(named) ? named : usual, choose];
}
