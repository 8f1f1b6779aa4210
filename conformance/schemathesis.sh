#!/bin/sh
# Holds a server to its own /openapi.json: schemathesis sends what the document allows and what it does not, and every
# answer must be one that the document names. What is excepted, and why, stands in schemathesis.toml.
#
#   conformance/schemathesis.sh path/to/isoflop [OPTIONS OF schemathesis run]
#
# The server is started here, with a database of its own. Ends with 1 if a check failed, with 2 if it could not begin.
set -u

server=${1:?"usage: schemathesis.sh SERVER [OPTIONS OF schemathesis run]"}
shift
listen=${LISTEN:-127.0.0.1:18431}
if ! command -v schemathesis > /dev/null; then
    echo "schemathesis is not installed: python3 -m pip install 'schemathesis>=4.32'" >&2
    exit 2
fi

here=$(cd "$(dirname "$0")" && pwd)
folder=$(mktemp -d)
export ISOFLOP_WORKER_KEY=the-key-of-workers
"$server" serve --db "$folder/isoflop.db" --listen "$listen" --log off \
    --internal-key "$ISOFLOP_WORKER_KEY" > "$folder/keys" &
pid=$!
trap 'kill "$pid" 2> /dev/null; wait "$pid" 2> /dev/null; rm -rf "$folder"' EXIT
trap 'exit 2' INT TERM

# The keys are told once, when the server is ready.
tries=0
while ISOFLOP_USER_KEY=$(sed -n 's/.*X-API-Key) *//p' "$folder/keys") && [ -z "$ISOFLOP_USER_KEY" ]; do
    tries=$((tries + 1))
    if [ "$tries" -gt 100 ] || ! kill -0 "$pid" 2> /dev/null; then
        echo "the server does not start" >&2
        exit 2
    fi
    sleep 0.1
done
export ISOFLOP_USER_KEY

# Without links between operations there is nothing for the stateful phase to follow.
cd "$folder" || exit 2
schemathesis --config-file "$here/schemathesis.toml" run "http://$listen/openapi.json" \
    --phases examples,coverage,fuzzing --max-examples 200 --continue-on-failure --request-timeout 30 \
    --generation-database none "$@"
code=$?
kill -0 "$pid" 2> /dev/null || { echo "the server fell" >&2; exit 1; }
exit "$code"
