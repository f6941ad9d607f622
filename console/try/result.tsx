/**
 * What came back: drawn where the page knows the model, else as the tensors are.
 * @module
 */
import type { InferRequest, InferResponse } from "../../contract/oip.ts";
import { DriveResult } from "./drive-result.tsx";
import type { Tensor } from "./request.ts";
import { SceneResult } from "./scene-result.tsx";
import { SeriesResult } from "./series-result.tsx";

const SHOWN_MAX = 12;

/** The result. */
export function Result({ request, response }: { request: InferRequest; response: InferResponse }) {
  const inputs = request.inputs as Tensor[];
  const outputs = response.outputs as Tensor[];
  const props = { inputs, outputs };
  return (
    <>
      {response.model_name === "scene-indices" && <SceneResult {...props} />}
      {response.model_name === "telemetry-anomaly" && <SeriesResult {...props} />}
      {response.model_name === "drive-rss" && <DriveResult {...props} />}
      <details>
        <summary>Tensors</summary>
        <div class="scroll">
          <table>
            <thead>
              <tr>
                <th scope="col">Output</th>
                <th scope="col">Type</th>
                <th scope="col">Shape</th>
                <th scope="col">Values</th>
              </tr>
            </thead>
            <tbody>
              {outputs.map(({ name, datatype, shape, data = [] }) => (
                <tr key={name}>
                  <td class="mono">{name}</td>
                  <td>{datatype}</td>
                  <td>{shape.join(" × ")}</td>
                  <td class="mono">
                    {data.flat(8).slice(0, SHOWN_MAX).map(valueText).join(", ")}
                    {data.flat(8).length > SHOWN_MAX && " …"}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </>
  );
}

const valueText = (value: unknown): string =>
  typeof value === "number" && !Number.isInteger(value) ? value.toPrecision(5) : String(value);
