#!/bin/sh
# Runs one benchmark from the system's own cron, for machines without Cloudflare. A line for `crontab -e`:
#
#   */15 * * * * /path/to/benchmark-engine/cron_example.sh
#
# Settings come from .dev.vars beside this file. A run that is still going on is left alone. Output is appended
# to logs/cron.log, which is cut when it passes 5 MB. The exit code is the benchmark's own: 0 it ran and was
# saved, 1 it could not run or save, 2 bad usage; 75 when the previous run still goes on.
set -u

cd "$(dirname "$0")" || exit 1
mkdir -p logs .local
log=logs/cron.log
lock=.local/cron.lock

# cron starts with a bare PATH; these are the usual places of Node and npm.
PATH="$PATH:/usr/local/bin:/opt/homebrew/bin:$HOME/.local/bin"
export PATH
if ! command -v npm >/dev/null 2>&1; then
  echo "$(date -u +%FT%TZ) npm was not found; add its folder to PATH in $0" >>"$log"
  exit 1
fi

# A folder is made by exactly one of several starts. One left by a machine that crashed names a dead process.
if ! mkdir "$lock" 2>/dev/null; then
  owner=$(cat "$lock/pid" 2>/dev/null || echo)
  # Without a name it is being taken right now, or its owner died in that moment: old ones count as the latter.
  if [ -n "$owner" ]; then
    kill -0 "$owner" 2>/dev/null && busy=yes || busy=no
  else
    [ -z "$(find "$lock" -prune -mmin +5 2>/dev/null)" ] && busy=yes || busy=no
  fi
  if [ "$busy" = yes ]; then
    echo "$(date -u +%FT%TZ) the previous run still goes on (process ${owner:-starting}); skipped" >>"$log"
    exit 75
  fi
  rm -rf "$lock"
  mkdir "$lock" 2>/dev/null || exit 75
fi
echo $$ >"$lock/pid"
trap 'rm -rf "$lock"' EXIT
trap 'exit 143' HUP INT TERM

if [ -f "$log" ] && [ "$(wc -c <"$log")" -gt 5000000 ]; then
  mv -f "$log" "$log.1"
fi

echo "$(date -u +%FT%TZ) started" >>"$log"
npm run --silent benchmark -- --run-name scheduled-run --triggered-by cron-job "$@" >>"$log" 2>&1
code=$?
echo "$(date -u +%FT%TZ) ended with code $code" >>"$log"
exit "$code"
