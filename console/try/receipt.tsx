/**
 * What an answer says of itself: modelled figures and measured ones, each under its name, and the charge.
 * @module
 */
import { hrefOf } from "../router.ts";

/** By their names, whichever protocol has answered. */
type Parameters = Readonly<Record<string, unknown>>;

const MODELLED = [
  ["modelled_light_time_ms", "Light, there and back", "ms"],
  ["modelled_transfer_ms", "Transfer", "ms"],
  ["modelled_access_ms", "Radio access", "ms"],
  ["modelled_wait_ms", "Wait", "ms"],
  ["modelled_npu_ms", "NPU", "ms"],
  ["modelled_total_ms", "In all", "ms"],
  ["modelled_energy_mj", "Energy", "mJ"],
] as const;
const MEASURED = [
  ["measured_wall_ms", "Request", "ms"],
  ["measured_engine_ms", "Engine", "ms"],
  ["measured_board_wall_ms", "Board", "ms"],
  ["measured_board_energy_mj", "Board's energy", "mJ"],
] as const;
const MICRO = 1e6;

/** The receipt. */
export function Receipt({ parameters }: { parameters: Parameters }) {
  const { node, region, execution_id, attempts, operations } = parameters;
  const { bytes_up, bytes_down, prompt_tokens, completion_tokens } = parameters;
  const isOfTokens = prompt_tokens !== undefined;
  const [up, down] = isOfTokens ? [prompt_tokens, completion_tokens] : [bytes_up, bytes_down];
  return (
    <div class="grid receipt">
      <div>
        <h3>Receipt</h3>
        <dl class="facts">
          <dt>Ran on</dt>
          <dd>
            <a class="mono" href={hrefOf("", { node: String(node) })}>{String(node)}</a>
          </dd>
          <dt>Region</dt>
          <dd>{String(region)}</dd>
          <dt>Charge</dt>
          <dd>{(Number(parameters.charge_microcredits) / MICRO).toFixed(6)} credits</dd>
          <dt>Operations</dt>
          <dd>{Number(operations).toLocaleString("en")}</dd>
          <dt>{isOfTokens ? "Tokens read, written" : "Bytes up, down"}</dt>
          <dd>
            {Number(up).toLocaleString("en")}, {Number(down ?? 0).toLocaleString("en")}
          </dd>
          <dt>Attempts</dt>
          <dd>{String(attempts)}</dd>
          <dt>Execution</dt>
          <dd class="mono" title={String(execution_id)}>{String(execution_id).slice(0, 13)}…</dd>
        </dl>
      </div>
      <Figures title="Modelled" rows={MODELLED} parameters={parameters} />
      <Figures title="Measured" rows={MEASURED} parameters={parameters} />
    </div>
  );
}

function Figures(
  { title, rows, parameters }: {
    title: string;
    rows: readonly (readonly [key: string, name: string, unit: string])[];
    parameters: Parameters;
  },
) {
  const told = rows.filter(([key]) => parameters[key] !== undefined);
  if (told.length === 0) return null;
  return (
    <div>
      <h3>{title}</h3>
      <dl class="facts">
        {told.map(([key, name, unit]) => (
          <>
            <dt>{name}</dt>
            <dd>
              {Number(parameters[key]).toPrecision(4)} {unit}
            </dd>
          </>
        ))}
      </dl>
    </div>
  );
}
