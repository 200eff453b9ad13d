#!/usr/bin/env bash
# Checks, deploys Millrace into your AWS account, and proves it with one event: ./deploy.sh --help says all of it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

stop() {
  echo "deploy.sh: $1" >&2
  exit 1
}

command -v node >/dev/null || stop 'Node.js is not on the PATH: install version 20 or later, https://nodejs.org, and run this again'
command -v npm >/dev/null || stop 'npm is not on the PATH: it comes with Node.js, https://nodejs.org; install it and run this again'
node -e 'process.exit(Number(process.versions.node.split(".")[0]) < 20 ? 1 : 0)' ||
  stop "Node.js is $(node --version), and 20 is the least: update it, https://nodejs.org, and run this again"

# The project's own packages, and among them the Node.js that runs the rest.
node cli/install.mjs >&2 || stop 'the packages could not be installed, see above; running this again is safe'
exec node_modules/.bin/node --disable-warning=ExperimentalWarning cli/deploy/main.ts "$@"
