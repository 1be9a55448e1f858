#!/usr/bin/env bash
# Measures the release build on this machine: one core for the shop, one for its clients.
#
#   Tests/Benchmarks/run.sh                     everything, about 25 minutes and at most 35
#   Tests/Benchmarks/run.sh startup replay      some of: startup memory replay waiting switching throughput agent generators checkout incidents
#
# INCIDENTS is which incidents are played ("1 2 4 7"), INCIDENT_SECONDS how long the visitors of each stay (90).
# Ports 13000 to 13002 are used, for incidents 13000 to 13012; SHOPHOST_BENCHMARK_PORT moves them. SHOPHOST names another program than the one built here.
# Exit status: 0 when every target was met, 1 otherwise.
set -euo pipefail
cd "$(dirname "$0")/../.."
export BENCHMARK_TOOLS="$PWD/.build/benchmarks"

if (($(nproc) < 2)); then
    echo "Two cores are needed: one for the shop and one for its clients." >&2
    exit 1
fi
deploy/packages wrk hey gcc libc6-dev util-linux python3 python3-venv \
    libsqlite3-dev libpq-dev libmicrohttpd-dev libcurl4-openssl-dev libssl-dev libyaml-dev libxml2-dev libpcre2-dev zlib1g-dev libjemalloc-dev libturbojpeg0-dev librsvg2-2 pkg-config
mkdir -p "$BENCHMARK_TOOLS"
for tool in constant_server waiting_client; do
    gcc -O2 -Wall -Wextra -Werror -o "$BENCHMARK_TOOLS/$tool" "Tests/Benchmarks/$tool.c" -lmicrohttpd
done
gcc -O2 -Wall -Wextra -Werror -o "$BENCHMARK_TOOLS/libcurl_client" Tests/Benchmarks/libcurl_client.c -lcurl
if [[ ! -x $BENCHMARK_TOOLS/locust/bin/locust ]]; then
    python3 -m venv "$BENCHMARK_TOOLS/locust"
    "$BENCHMARK_TOOLS/locust/bin/pip" install --quiet locust==2.47.0
fi
if [[ -z ${SHOPHOST:-} ]]; then
    swift build --configuration release --product shophost
    export SHOPHOST="$PWD/.build/release/shophost"
fi
# 3,000 connections need as many descriptors, in the client and, inherited, in the shop.
ulimit -n 16384 2>/dev/null || ulimit -n "$(ulimit -Hn)"
PYTHONDONTWRITEBYTECODE=1 timeout 2100 python3 Tests/Benchmarks/measure.py "$@"
