/**
 * What ran for the caller on one node, as far as the page knows.
 * @module
 */
import { useSyncExternal } from "../store.ts";
import { knownPlacements, onPlacements } from "../sky/placements.ts";

const SHOWN_MAX = 8;

/** The newest first. */
export function RanHere({ id }: { id: string }) {
  const all = useSyncExternal(onPlacements, knownPlacements);
  const here = all.filter(({ path }) => path[path.length - 1] === id).toReversed();
  if (here.length === 0) return null;
  return (
    <>
      <h3>Ran here for you</h3>
      <table>
        <thead>
          <tr>
            <th scope="col">Time, UTC</th>
            <th scope="col">Model</th>
            <th scope="col">Execution</th>
          </tr>
        </thead>
        <tbody>
          {here.slice(0, SHOWN_MAX).map(({ id, placed_ms, model }) => (
            <tr key={id}>
              <td>{new Date(placed_ms).toISOString().slice(11, 19)}</td>
              <td>{model}</td>
              <td class="mono" title={id}>{id.slice(0, 8)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
