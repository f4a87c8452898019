# A half's limits, and what has been silent for too long. Needs container_shell.sh.
#
# Results: $epoch; $size; the limits in hundredths of a second ($poll, $partner_limit, $idle_limit, ...).
# Time comes from $clock, which stands still while this process is stopped.

clock=0 last_uptime=0 poll=100 watched_size= watched_since=0

# -> $epoch seconds
read_epoch() {
  epoch=$(date +%s 2>/dev/null) && is_count "$epoch" && return
  epoch=0
  while read -r key value _; do
    [ "$key" = btime ] && epoch=$((value + last_uptime / 100))
  done </proc/stat
}

read_settings() {
  : "${CARLA_PORT:=2000}" "${AGENT_DIR:=/tmp/agent}" "${CARLA_ROOT:=/home/carla}"
  : "${CHECKPOINT:=$AGENT_DIR/agent_results.json}"
  : "${SERVER_LOG:=$CARLA_ROOT/CarlaUE4/Saved/Logs/CarlaUE4.log}"
  limit POLL 1 && poll=$centi pause=$accepted
  [ "$poll" -gt 0 ] || poll=100 pause=1
  limit BOOT_LIMIT 600 && boot_limit=$centi
  if [ "$role" = agent ]; then
    limit PARTNER_LIMIT 900 && partner_limit=$centi
    limit AGENT_IDLE_LIMIT 800 && idle_limit=$centi
    limit TICK_LIMIT 400 && tick_limit=$centi && glance=$((centi / 4))
  else
    limit PARTNER_LIMIT 1800 && partner_limit=$centi
    limit SERVER_IDLE_LIMIT 0 && idle_limit=$centi
    limit PORT_LIMIT 60 && port_limit=$centi && glance=$((centi / 4))
    limit GPU_PERIOD 15 && use_period=$centi
    limit GPU_LIMIT 10 && use_limit=$centi
    limit MEMORY_PERIOD 15 && memory_period=$centi
    memory_worth=${MEMORY_WORTH:-4096}
    is_count "$memory_worth" || memory_worth=4096
  fi
  [ "$glance" -lt 1000 ] || glance=1000
  log="$AGENT_DIR/leaderboard.log" keeper_sign="$AGENT_DIR/.checkpoint-keeper" python_sign="$AGENT_DIR/.python-$PAIR"
  heartbeat_limit=${HEARTBEAT_LIMIT:-30}
  is_count "$heartbeat_limit" || heartbeat_limit=30
  route_attempts=${ROUTE_ATTEMPTS:-2}
  is_count "$route_attempts" || route_attempts=2
}

start_clock() { pass_time && clock=0; }

# watch_anew: what `grows` watches has from now on its whole limit
watch_anew() { watched_since=$clock; }

# size_of FILE -> $size, empty when it cannot be told
size_of() {
  set -- $(ls -lnL "$1" 2>/dev/null)
  size=${5:-}
  case $size in *[!0-9]*) size= ;; esac
}

# grows FILE LIMIT: false when FILE has had the same size for LIMIT
grows() {
  [ "$2" -gt 0 ] || return 0
  size_of "$1"
  [ -n "$size" ] || return 0
  if [ "$size" != "$watched_size" ] || [ -n "$mute" ]; then watched_size=$size watched_since=$clock; fi
  [ $((clock - watched_since)) -le "$2" ]
}
