/**
 * Finds a node by its id, or a place by its name or coordinates.
 * @module
 */
import { useEffect, useState } from "preact/hooks";
import { type CityRow, findPlace, loadCities, type NamedPlace } from "../sky/places.ts";
import type { Sky } from "../sky/sky.ts";

/** The field. It says so where it finds nothing. */
export function Search(
  { sky, onNode, onPlace }: {
    sky: Sky;
    onNode: (index: number) => void;
    onPlace: (place: NamedPlace) => void;
  },
) {
  const [text, setText] = useState("");
  const [nothing, setNothing] = useState("");
  const [cities, setCities] = useState<readonly CityRow[]>([]);
  useEffect(() => void loadCities().then(setCities), []);
  const find = async (event: Event) => {
    event.preventDefault();
    const wanted = text.trim();
    const index = nodeOf(sky, wanted);
    const place = index < 0 ? findPlace(wanted, await loadCities()) : null;
    setNothing(index < 0 && !place ? wanted : "");
    if (index >= 0) onNode(index);
    else if (place) onPlace(place);
  };
  return (
    <form role="search" class="search" onSubmit={find}>
      <input
        type="search"
        list="places"
        aria-label="Find a node by its id, or a place"
        placeholder={`${sky.constellation.id(0)}, Paris, or 48.9, 2.4`}
        value={text}
        onInput={({ currentTarget }) => setText(currentTarget.value)}
      />
      <datalist id="places">
        {cities.map(([name]) => <option key={name} value={name} />)}
      </datalist>
      <div role="status">
        {nothing && (
          <p class="faint">
            No node has the id “{nothing}”, and no place here is called that: write it as degrees
            north and east.
          </p>
        )}
      </div>
    </form>
  );
}

/** By its id in any case, or by its catalogue number. @returns -1: there is none */
function nodeOf({ constellation }: Sky, wanted: string): number {
  const plain = wanted.toLowerCase();
  return [plain.toUpperCase(), plain, `norad-${plain}`]
    .map((id) => constellation.indexOf(id))
    .find((index) => index >= 0) ?? -1;
}
