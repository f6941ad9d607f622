#!/bin/sh
# Miniflare starts this in place of workerd: it notes which process workerd is, for guard.sh, and becomes it.
umask 077
printf '%s\n' "$$ $*" >"$PERIGEE_WORKERD_NOTE"
exec "$PERIGEE_WORKERD" "$@"
