#!/bin/sh
# Miniflare starts this in place of workerd: it notes which process workerd is, for guard.sh, and becomes it.
# Where one was noted before, that has died, and may have lost alarms.
umask 077
here=$(dirname "$0")
if [ -n "$PERIGEE_WORKERD_NOTE" ]; then
  if [ -e "$PERIGEE_WORKERD_NOTE" ]; then
    "$PERIGEE_DENO" run -A --no-check --config "$here/../../deno.json" "$here/restore-alarms.ts" \
      "$PERIGEE_OBJECTS" </dev/null >&2
  fi
  printf '%s\n' "$$ $*" >"$PERIGEE_WORKERD_NOTE"
fi
exec "$PERIGEE_WORKERD" "$@"
