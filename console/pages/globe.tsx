/**
 * The first page: where all nodes are, what each does, and what ran where.
 * @module
 */
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { ecefToGeodetic } from "../../mesh/orbit/frames.ts";
import { useAsked } from "../asked.ts";
import { type Chosen, overlayOf } from "../globe/overlay.ts";
import { SkyCanvas } from "../globe/sky-canvas.tsx";
import type { Picked, SkyView } from "../globe/view.ts";
import { LiveTrouble } from "../live-badge.tsx";
import { Notice } from "../notice.tsx";
import { ColourBy } from "../panels/colour-by.tsx";
import { Legend } from "../panels/legend.tsx";
import { NodePanel } from "../panels/node-panel.tsx";
import { PlacePanel } from "../panels/place-panel.tsx";
import { Search } from "../panels/search.tsx";
import { TimeBar } from "../panels/time-bar.tsx";
import type { Route } from "../router.ts";
import { useKey } from "../session.ts";
import type { NamedPlace } from "../sky/places.ts";
import { followLive } from "../sky/live-placements.ts";
import { addRecorded, type PlacementPage } from "../sky/placements.ts";
import type { Sky } from "../sky/sky.ts";
import { type Quantity, useTouched } from "../sky/touched.ts";
import { useSky } from "../sky/use-sky.ts";

/** The page; `#/?node=G2A-017-042` chooses a node. */
export function GlobePage({ route }: { route: Route }) {
  const { sky, error } = useSky();
  return (
    <div class="globe">
      <h1 class="visually-hidden">Globe</h1>
      {sky && <Globe key={sky.constellation.name} sky={sky} wanted={route.query.get("node")} />}
      <div class="messages">
        <Notice error={error} />
        <LiveTrouble />
      </div>
    </div>
  );
}

function Globe({ sky, wanted }: { sky: Sky; wanted: string | null }) {
  const key = useKey();
  const view = useRef<SkyView | null>(null);
  const [node, setNode] = useState(-1);
  const [place, setPlace] = useState<(NamedPlace | { lat: number; lon: number }) | null>(null);
  const [shown, setShown] = useState(() => sky.groups.map(() => true));
  const [quantity, setQuantity] = useState<Quantity | null>(null);
  const touched = useTouched(key !== "" && quantity !== null, () => sky.clock.mesh());
  const chosen = useRef<Chosen>({ node, place, placement: null });
  chosen.current = {
    node,
    place,
    placement: null,
    quantity,
    get touched() {
      return touched.current;
    },
  };
  const overlay = useMemo(() => overlayOf(sky, () => chosen.current), [sky]);
  const { value: recorded, error, again } = useAsked<PlacementPage>(
    key ? "/v1/placements?limit=500" : null,
  );
  useEffect(() => {
    if (recorded) addRecorded(recorded);
  }, [recorded]);
  // What came while nobody listened is asked for when somebody listens again.
  useEffect(() => followLive(again), []);
  useEffect(() => view.current?.setGroups(shown, quantity !== null), [shown, quantity]);

  const goTo = (index: number) => {
    setNode(index);
    const xyz = new Float64Array(3);
    sky.almanac.at(sky.clock.now()).position(index, xyz);
    const { lat, lon } = ecefToGeodetic({ x: xyz[0], y: xyz[1], z: xyz[2] });
    view.current?.lookAt(lat, lon);
  };
  const goToPlace = (to: NamedPlace) => {
    setPlace(to);
    view.current?.lookAt(to.lat, to.lon);
  };
  useEffect(() => {
    const index = wanted === null ? -1 : sky.constellation.indexOf(wanted);
    if (index >= 0) goTo(index);
  }, [wanted]);
  const picked = ({ node, ground }: Picked) => {
    if (node >= 0) return setNode(node);
    if (!ground) return setNode(-1);
    const { lat, lon } = ecefToGeodetic(ground);
    setPlace({ lat, lon });
  };
  return (
    <>
      <div class="stage">
        <SkyCanvas
          sky={sky}
          overlay={overlay}
          onPick={picked}
          onOpen={(opened) => (view.current = opened)}
          label={`The Earth with ${sky.constellation.count} nodes`}
        />
        <div class="left">
          <div class="panel">
            <Search sky={sky} onNode={goTo} onPlace={goToPlace} />
            <ColourBy quantity={quantity} onQuantity={setQuantity} hasKey={key !== ""} />
            <Legend sky={sky} shown={shown} onShown={setShown} />
          </div>
        </div>
        <div class="right">
          {node >= 0 && (
            <NodePanel
              key={node}
              sky={sky}
              node={node}
              place={place}
              onClose={() => setNode(-1)}
            />
          )}
          {place && (
            <PlacePanel
              sky={sky}
              place={place}
              onNode={goTo}
              onClose={() => setPlace(null)}
            />
          )}
        </div>
      </div>
      <TimeBar clock={sky.clock} />
      <div class="messages">
        <Notice error={error} again={again} />
      </div>
    </>
  );
}
