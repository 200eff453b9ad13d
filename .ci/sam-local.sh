#!/usr/bin/env bash
# `sam local invoke` against a laptop, in a Docker daemon of its own: private socket and data, no rule in the firewall.
#   .ci/sam-local.sh WORK PYTHON RIC CLONE
# WORK: an empty folder; PYTHON: of the environment that holds the SAM CLI; RIC: where aws-lambda-ric is installed; CLONE: a
# checkout in which `sam build` has run. Debian's packages of the daemon are unpacked into WORK, not installed.
set -euo pipefail
work=$1 python=$2 ric=$3 clone=$4
here=$(cd "$(dirname "$0")" && pwd)
node=$("$here/../node_modules/.bin/node" -p process.execPath)

mkdir -p "$work/packages" "$work/docker"
if ! command -v dockerd >/dev/null; then
  apt-get update -q
  (cd "$work/packages" && apt-get download -q docker.io containerd runc libdevmapper1.02.1)
  for package in "$work"/packages/*.deb; do dpkg -x "$package" "$work/docker"; done
  export PATH="$work/docker/usr/sbin:$work/docker/usr/bin:$PATH"
  architecture=$(uname -m)-linux-gnu
  export LD_LIBRARY_PATH="$work/docker/lib/$architecture:$work/docker/usr/lib/$architecture"
fi

export DOCKER_HOST="unix://$work/docker.sock"
dockerd --host "$DOCKER_HOST" --data-root "$work/data" --exec-root "$work/exec" --pidfile "$work/docker.pid" \
  --iptables=false --ip6tables=false --ip-forward=false >"$work/dockerd.log" 2>&1 &
daemon=$!
stop() { kill "$daemon" 2>/dev/null || true; wait "$daemon" 2>/dev/null || true; }
trap stop EXIT
for _ in $(seq 100); do
  docker version >/dev/null 2>&1 && break
  kill -0 "$daemon" 2>/dev/null || { tail -n 20 "$work/dockerd.log"; exit 1; }
  sleep 0.2
done

# The image: what AWS's has of Node 24, its runtime client and the emulator, from the packages that are here.
rapid=$("$python" -c 'import os, samcli; print(os.path.join(os.path.dirname(samcli.__file__), "local", "rapid"))')
image=$work/image
mkdir -p "$image"/{etc,tmp,opt,proc,sys,dev} "$image"/var/{task,rapid,runtime,lang/bin}
chmod 1777 "$image/tmp"
cp "$node" "$image/var/lang/bin/node"
cp "$rapid/aws-lambda-rie-$(uname -m | sed s/aarch64/arm64/)" "$image/var/rapid/aws-lambda-rie"
cp -r "$ric/node_modules" "$image/var/runtime/node_modules"
ldd "$node" "$ric/node_modules/aws-lambda-ric/rapid-client.node" | grep -o '/[^ ]*' | grep -v ':$' | sort -u |
  while read -r library; do mkdir -p "$image$(dirname "$library")" && cp -L "$library" "$image$library"; done
cat >"$image/var/runtime/bootstrap" <<'JS'
#!/var/lang/bin/node
process.argv[2] = process.env._HANDLER;
import('/var/runtime/node_modules/aws-lambda-ric/index.mjs');
JS
chmod +x "$image/var/runtime/bootstrap"
# The tag is that of the architecture which the template asks for; what is in it runs on this machine.
tar c -C "$image" . | docker import --change 'ENV PATH=/var/lang/bin LAMBDA_TASK_ROOT=/var/task' \
  --change 'WORKDIR /var/task' - public.ecr.aws/lambda/nodejs:24-rapid-arm64 >/dev/null

# A daemon that has just made its bridge tells the network alone, whose first address is the gateway's.
gateway=$(docker network inspect bridge --format '{{with index .IPAM.Config 0}}{{or .Gateway .Subnet}}{{end}}' |
  sed -E 's#\.0/[0-9]+$#.1#')
"$node" --disable-warning=ExperimentalWarning "$here/sam-local.ts" \
  --sam "$(dirname "$python")/sam" --clone "$clone" --gateway "$gateway"
