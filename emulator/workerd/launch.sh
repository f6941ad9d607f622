#!/bin/sh
# Miniflare starts this in place of workerd: it notes which process workerd is, for guard.sh, and becomes it.
umask 077
if [ -n "$PERIGEE_WORKERD_NOTE" ]; then printf '%s\n' "$$ $*" >"$PERIGEE_WORKERD_NOTE"; fi
exec "$PERIGEE_WORKERD" "$@"
