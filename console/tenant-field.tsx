/**
 * Lets an operator say whose things a page shows; a tenant's key sees its own, and is not asked.
 * @module
 */
import { useState } from "preact/hooks";
import { keepTenant, useOperator, useTenant } from "./tenant.ts";

/** The field; nothing for a tenant's key. */
export function TenantField() {
  const { isOperator, tenants } = useOperator();
  const tenant = useTenant();
  const [text, setText] = useState(tenant);
  if (!isOperator) return null;
  return (
    <form
      class="field"
      onSubmit={(event) => {
        event.preventDefault();
        keepTenant(text.trim());
      }}
    >
      <label for="tenant">Tenant</label>
      <div class="row nowrap">
        <input
          id="tenant"
          list="tenants"
          autocomplete="off"
          spellcheck={false}
          value={text}
          onInput={({ currentTarget }) => {
            setText(currentTarget.value);
            if (tenants.some(({ id }) => id === currentTarget.value)) {
              keepTenant(currentTarget.value);
            }
          }}
        />
        <button type="submit">Show</button>
      </div>
      <datalist id="tenants">
        {tenants.map(({ id, name }) => <option key={id} value={id}>{name}</option>)}
      </datalist>
    </form>
  );
}
