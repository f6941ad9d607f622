/**
 * A first request without leaving the page: from where, of which model, why it runs where it runs, and what
 * came back.
 * @module
 */
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { ModelListJson } from "../../contract/model-registry.ts";
import type { InferRequest, InferResponse } from "../../contract/oip.ts";
import type { ChatCompletion, ChatRequest } from "../../contract/openai/chat.ts";
import type { RouteAnswer } from "../../contract/placement.ts";
import { ecefToGeodetic } from "../../mesh/orbit/frames.ts";
import type { Objective } from "../../mesh/placement/objective.ts";
import { ApiError, ask } from "../api.ts";
import { useAsked } from "../asked.ts";
import { type Chosen, overlayOf } from "../globe/overlay.ts";
import { SkyCanvas } from "../globe/sky-canvas.tsx";
import type { SkyView } from "../globe/view.ts";
import { Notice } from "../notice.tsx";
import type { Route } from "../router.ts";
import { useKey } from "../session.ts";
import { addPlacements, type KnownPlacement } from "../sky/placements.ts";
import { coordinates, readCoordinates } from "../sky/places.ts";
import type { Sky } from "../sky/sky.ts";
import { useSky } from "../sky/use-sky.ts";
import { Candidates } from "../try/candidates.tsx";
import { ChatResult, TokenPrice } from "../try/chat-result.tsx";
import { Code } from "../try/code.tsx";
import { Receipt } from "../try/receipt.tsx";
import {
  fromPlace,
  inLanguages,
  isChat,
  loadExamples,
  pathOf,
  plainRequest,
  pretty,
  type TryModel,
  type TryRequest,
  withObjective,
} from "../try/request.ts";
import { Result } from "../try/result.tsx";

const BUILT_IN = ["scene-indices", "telemetry-anomaly", "drive-rss"];
const ZURICH = { lat: 47.3769, lon: 8.5417 };

interface Answered {
  request: TryRequest;
  response?: InferResponse;
  chat?: ChatCompletion;
  route?: RouteAnswer;
}

/** The page; `#/try?lat=47.4&lon=8.5` begins at a place. */
export function TryItPage({ route: { query } }: { route: Route }) {
  const key = useKey();
  const { sky, error: skyError } = useSky();
  const { value: list, error: listError } = useAsked<ModelListJson>(key ? "/v1/models" : null);
  const models = (list?.data ?? []).filter(isTried);
  const names = models.length > 0 ? models.map(({ id }) => id) : BUILT_IN;
  const [model, setModel] = useState(BUILT_IN[0]);
  const [place, setPlace] = useState(() =>
    readCoordinates(`${query.get("lat")},${query.get("lon")}`) ?? ZURICH
  );
  const [examples, setExamples] = useState<Record<string, InferRequest>>({});
  const [text, setText] = useState("");
  /** Whether somebody has written in the request: then only another model replaces it. */
  const [isWritten, setWritten] = useState(false);
  const own = models.find(({ id }) => id === model);
  const [objective, setObjective] = useState<Objective>("latency");
  const [answered, setAnswered] = useState<Answered>();
  const [error, setError] = useState<ApiError>();
  const [isAsking, setAsking] = useState(false);
  const [placement, setPlacement] = useState<KnownPlacement | null>(null);
  useEffect(() => void loadExamples().then(setExamples), []);
  useEffect(() => {
    const example = examples[model] ?? (own && plainRequest(own));
    if (example && !isWritten) setText(pretty(withObjective(fromPlace(example, place), objective)));
  }, [model, examples, models.length]);
  const move = (to: { lat: number; lon: number }) => {
    const rounded = { lat: Math.round(to.lat * 1e4) / 1e4, lon: Math.round(to.lon * 1e4) / 1e4 };
    setPlace(rounded);
    const request = readRequest(text);
    if (request) setText(pretty(fromPlace(request, rounded)));
  };
  const aim = (at: Objective) => {
    setObjective(at);
    const request = readRequest(text);
    if (request) setText(pretty(withObjective(request, at)));
  };
  const request = readRequest(text);
  const isOfTokens = request !== null && isChat(request);

  const runTensors = async (request: InferRequest): Promise<Ran> => {
    const explaining = ask<RouteAnswer>("/v1/route", { body: routeOf(model, request, text) });
    const running = ask<InferResponse>(pathOf(model, false), { body: request });
    explaining.catch(() => {});
    running.catch(() => {});
    const route = await explaining;
    setAnswered({ request, route });
    const response = await running;
    setAnswered({ request, route, response });
    const { origin_lat: lat, origin_lon: lon } = request.parameters ?? {};
    const { execution_id, path } = response.parameters;
    return {
      id: String(execution_id),
      model: response.model_name,
      origin: lat !== undefined && lon !== undefined ? { lat, lon } : null,
      path: String(path).split(","),
    };
  };
  const runChat = async (request: ChatRequest): Promise<Ran> => {
    // A stream is for programs.
    const body = { ...request, stream: false };
    const chat = await ask<ChatCompletion>(pathOf(model, true), { body });
    setAnswered({ request, chat });
    const { execution_id: id, path } = chat.perigee;
    const origin = request.perigee?.origin;
    const ground = origin && "lat" in origin ? { lat: origin.lat, lon: origin.lon } : null;
    return { id, model: chat.model, origin: ground, path };
  };
  const run = async () => {
    if (!request) return;
    setAsking(true);
    setError(undefined);
    try {
      const ran = isChat(request) ? await runChat(request) : await runTensors(request);
      const placed = { ...ran, placed_ms: sky?.clock.mesh() ?? Date.now() };
      addPlacements([placed]);
      setPlacement(placed);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      setError(error);
    } finally {
      setAsking(false);
    }
  };

  return (
    <>
      <h1>Try it</h1>
      <div class="try">
        <form
          class="card"
          onSubmit={(event) => {
            event.preventDefault();
            void run();
          }}
        >
          <div class="field">
            <label for="model">Model</label>
            <select
              id="model"
              value={model}
              onChange={({ currentTarget }) => {
                setModel(currentTarget.value);
                setWritten(false);
              }}
            >
              {names.map((name) => <option key={name} value={name}>{name}</option>)}
            </select>
          </div>
          <PlaceFields place={place} onMove={move} />
          <div class="field">
            <label for="objective">Chosen for</label>
            <select
              id="objective"
              value={objective}
              onChange={({ currentTarget }) => aim(currentTarget.value as Objective)}
            >
              <option value="latency">The quickest answer</option>
              <option value="energy">The least wear of batteries</option>
            </select>
          </div>
          <div class="field">
            <label for="body">Request</label>
            <textarea
              id="body"
              class="mono"
              rows={12}
              spellcheck={false}
              value={text}
              onInput={({ currentTarget }) => {
                setText(currentTarget.value);
                setWritten(true);
              }}
              aria-invalid={request === null}
            />
            {request === null && text !== "" && (
              <p class="bad">This is no JSON object with inputs or messages.</p>
            )}
            {own && "apis" in own.perigee && <TokenPrice perigee={own.perigee} />}
          </div>
          <div class="row">
            <button type="submit" class="primary" disabled={isAsking || request === null}>
              {isAsking ? "Asking" : "Run it"}
            </button>
            {!key && <span class="faint">It needs a key: enter one above.</span>}
          </div>
          <Notice error={error ?? listError ?? skyError} />
        </form>
        <div class="card stage">
          {sky && (
            <Globe
              key={sky.constellation.name}
              sky={sky}
              place={place}
              placement={placement}
              onMove={move}
            />
          )}
        </div>
      </div>
      {answered?.route && (
        <section class="card stack" aria-label="Placement">
          <h2>Why there</h2>
          <Candidates
            answer={answered.route}
            ran={answered.response ? String(answered.response.parameters.node) : null}
          />
        </section>
      )}
      {(answered?.response ?? answered?.chat) && (
        <section class="card stack" aria-label="Result">
          <h2>What came back</h2>
          {answered.response && !isChat(answered.request) && (
            <Result request={answered.request} response={answered.response} />
          )}
          {answered.chat && <ChatResult answer={answered.chat} />}
          <Receipt parameters={answered.response?.parameters ?? answered.chat!.perigee} />
        </section>
      )}
      <section class="card stack" aria-label="The request in code">
        <h2>The same in your program</h2>
        <Code texts={inLanguages(location.origin, { model, body: text, isOfTokens })} />
      </section>
    </>
  );
}

function PlaceFields(
  { place, onMove }: {
    place: { lat: number; lon: number };
    onMove: (place: { lat: number; lon: number }) => void;
  },
) {
  const field = (name: "lat" | "lon", label: string, max: number) => (
    <div class="field">
      <label for={`place-${name}`}>{label}</label>
      <input
        id={`place-${name}`}
        type="number"
        step="any"
        min={-max}
        max={max}
        required
        value={place[name]}
        onChange={({ currentTarget }) => {
          const { valueAsNumber } = currentTarget;
          if (Math.abs(valueAsNumber) <= max) onMove({ ...place, [name]: valueAsNumber });
        }}
      />
    </div>
  );
  return (
    <fieldset>
      <legend>From</legend>
      <div class="pair">
        {field("lat", "Degrees north", 90)}
        {field("lon", "Degrees east", 180)}
      </div>
      <p class="faint">Or click a place on the globe.</p>
    </fieldset>
  );
}

function Globe(
  { sky, place, placement, onMove }: {
    sky: Sky;
    place: { lat: number; lon: number };
    placement: KnownPlacement | null;
    onMove: (place: { lat: number; lon: number }) => void;
  },
) {
  const chosen = useRef<Chosen>({ node: -1, place, placement });
  chosen.current = { node: -1, place, placement };
  const view = useRef<SkyView | null>(null);
  const overlay = useMemo(() => overlayOf(sky, () => chosen.current), [sky]);
  useEffect(() => view.current?.lookAt(place.lat, place.lon), [place.lat, place.lon]);
  return (
    <SkyCanvas
      sky={sky}
      overlay={overlay}
      onOpen={(opened) => {
        view.current = opened;
        opened.stand(HEIGHT, TILT_DEG);
        opened.lookAt(place.lat, place.lon);
      }}
      onPick={({ ground }) => {
        if (ground) onMove(ecefToGeodetic(ground));
      }}
      label={`The Earth around ${
        coordinates(place.lat, place.lon)
      }: click a place to ask from there`}
    />
  );
}

// From so near, and so much from the side, that one sees how high over the ground a node flies.
const HEIGHT = 0.3;
const TILT_DEG = 52;

/** Tensors, or a chat. */
const isTried = ({ perigee }: TryModel): boolean =>
  "inputs" in perigee || perigee.apis.includes("chat");

/** What ran, for the arc. */
type Ran = Omit<KnownPlacement, "placed_ms">;

/** @returns null where the text is no request */
function readRequest(text: string): TryRequest | null {
  try {
    const request = JSON.parse(text);
    return Array.isArray(request?.inputs) || Array.isArray(request?.messages) ? request : null;
  } catch {
    return null;
  }
}

function routeOf(model: string, { parameters }: InferRequest, text: string): unknown {
  const {
    origin_lat: lat,
    origin_lon: lon,
    origin_node,
    deadline_ms,
    class: askClass,
    objective,
  } = parameters ?? {};
  const ground = lat !== undefined && lon !== undefined ? { lat, lon } : undefined;
  return {
    model,
    origin: origin_node === undefined ? ground : { node: origin_node },
    bytes_up: new TextEncoder().encode(text).length,
    deadline_ms,
    class: askClass,
    ground: true,
    objective,
  };
}
