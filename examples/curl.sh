#!/bin/sh
# Asks a mesh with curl: where an ask would run, an answer, who serves Paris next, and the account.
#
#   sh examples/curl.sh
#
# PERIGEE_URL is the mesh (http://localhost:8787, where npx deno task dev serves); PERIGEE_KEY is a
# tenant's key (the development key, from .perigee/secrets.json in the folder that this runs in).
set -eu
url=${PERIGEE_URL:-http://localhost:8787}
key=${PERIGEE_KEY:-$(node -p 'require("./.perigee/secrets.json").dev_key')}

# The key goes in by stdin: every user of a machine can read the arguments of its processes.
ask() {
  path=$1
  shift
  printf 'Authorization: Bearer %s\n' "$key" | curl -sS --fail-with-body -H @- "$@" "$url$path"
  echo
}
json='Content-Type: application/json'

echo '# Where an ask would run: nothing runs, nothing is charged'
ask /v1/route -H "$json" -d '{
  "model": "drive-rss",
  "origin": { "lat": 48.8566, "lon": 2.3522 },
  "policy": { "deny": [{ "country": "US" }] }
}'

state='{
  "inputs": [{ "name": "state", "datatype": "FP32", "shape": [1, 6], "data": [30, 25, 40, 0.5, 3, 8] }],
  "parameters": { "origin_lat": 48.8566, "origin_lon": 2.3522 }
}'
# Made up anew for each thing that must happen once, and kept until it has.
once=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')

echo '# An answer from the nearest node that can serve'
ask /v2/models/drive-rss/infer -H "$json" -H "Idempotency-Key: $once" -d "$state"

echo '# The same again, as after a lost connection: it runs, and is charged, once'
ask /v2/models/drive-rss/infer -H "$json" -H "Idempotency-Key: $once" -d "$state" -D - |
  grep -iE '^(idempotency-replayed|\{)'

echo '# Who serves Paris for the next two minutes'
ask '/v1/passes?lat=48.8566&lon=2.3522&minutes=2'

echo '# What was used, by model, in the last 30 days'
ask '/v1/usage?group_by=model'
