#!/bin/sh
# One half of a pair before a launch: tells what its container has of what that half will need.
#
#   preflight.sh simulator 'shell text that execs the server'
#   preflight.sh agent
#
# Facts, a line each: `preflight: TOPIC key=value ... last=goes to the end of the line`; what nobody
# here can tell is `-`. Judges nothing and exits 0. A server is really started, with the Job's own
# command, and ended as soon as its port listens and the agent's half has reached it.
# POSIX sh, as the supervisor. Environment, beside the half's own: X11_SOCKETS, SHARED_MEMORY, and
# in seconds SERVER_LIMIT (60), REACH_LIMIT (30), IMPORT_LIMIT (120), ASK_LIMIT (10).

set -u
. "${0%/*}/container_shell.sh"
. "${0%/*}/gpu_sight.sh"

role=$1 attempt=1 poll=100 clock=0 last_uptime=0
case $role in simulator) partner=agent ;; *) partner=simulator ;; esac
: "${PAIR:=1}" "${STATUS_DIR:=/tmp}"

tell() { printf 'preflight: %s %s\n' "$1" "$2"; }
say() { tell note "text=$*"; }
# What gpu_sight.sh does in a supervisor's loop: here its status file is a line of this log.
publish() { [ "$1" = gpu ] && tell gpu "$2"; }
beat() { :; }

# within SECONDS: false when the process $asked takes longer; one that waits for a driver may be beyond
# any signal, so nobody waits for its end
within() {
  asked_started=
  read_process "$asked" && asked_started=$started
  since=$clock
  while is_running "$asked" "$asked_started"; do
    if [ $((clock - since)) -gt $(($1 * 100)) ]; then
      kill -KILL "$asked" 2>/dev/null
      return 1
    fi
    nap
    pass_time
  done
}

# whole NAME DEFAULT -> $seconds
whole() {
  limit "$1" "$2"
  seconds=$((centi / 100))
}

# ------------------------------------------------------------------------------------ the simulator

look_at_display() {
  socket=- number=${DISPLAY:-}
  case $number in
    :[0-9]*)
      number=${number#:} socket=no
      [ -e "${X11_SOCKETS:-/tmp/.X11-unix}/X${number%%.*}" ] && socket=yes ;;
  esac
  tell display "sdl=${SDL_VIDEODRIVER:--} socket=$socket display=${DISPLAY:--}"
}

# Large maps have a folder of their own, with hundreds of tiles beside the town.
look_at_maps() {
  maps=
  for path in "${CARLA_ROOT:-/home/carla}"/*/Content/Carla/Maps/Town*.umap \
    "${CARLA_ROOT:-/home/carla}"/*/Content/Carla/Maps/Town*/Town*.umap; do
    name=${path##*/} name=${name%.umap}
    case $name in *_Tile_* | *[!A-Za-z0-9_]*) continue ;; esac
    case ",$maps," in *",$name,"*) ;; *) maps="$maps${maps:+,}$name" ;; esac
  done
  tell maps "names=${maps:--}"
}

# The driver's file for Vulkan comes into a container with the driver's graphics.
look_at_vulkan() {
  devices=- driver_file=no
  for path in /etc/vulkan/icd.d/*nvidia*.json /usr/share/vulkan/icd.d/*nvidia*.json; do
    [ -e "$path" ] && driver_file=yes
  done
  whole ASK_LIMIT 10
  if have vulkaninfo; then
    devices=0
    answer="$STATUS_DIR/.preflight-$PAIR.vulkan"
    vulkaninfo --summary </dev/null >"$answer" 2>&1 &
    asked=$!
    within "$seconds"
    while read -r key _ name || [ -n "$key" ]; do
      case $key:$name in deviceName:*llvmpipe*) ;; deviceName:*) devices=$((devices + 1)) ;; esac
    done <"$answer"
    rm -f "$answer"
  fi
  tell vulkan "devices=$devices driver_file=$driver_file capabilities=${NVIDIA_DRIVER_CAPABILITIES:--}"
}

# start_server TEXT: in a session of its own, so that its end takes everything along
start_server() {
  output="$STATUS_DIR/.preflight-$PAIR.server"
  shell=sh && have bash && shell=bash
  own_session= && have setsid && own_session=setsid
  (
    export HOME="${HOME:-/root}" ATTEMPT=1 GRAPHICS_ADAPTER="$adapter"
    exec $own_session "$shell" -c 'pair_text=$1; set --; eval "$pair_text"' "$shell" "$1"
  ) </dev/null >"$output" 2>&1 &
  server=$! server_started=
  read_process "$server" && server_started=$started
}

# -> $outcome listens, ended or silent, $code of one that ended, $since it was started
await_server() {
  whole SERVER_LIMIT 60
  since=$clock outcome=silent code=-
  while [ $((clock - since)) -le $((seconds * 100)) ]; do
    if port_listens; then outcome=listens; return; fi
    if ! is_running "$server" "$server_started"; then
      outcome=ended
      { wait "$server"; } 2>/dev/null
      code=$?
      return
    fi
    nap
    pass_time
  done
}

await_agent() {
  whole REACH_LIMIT 30
  agent_since=$clock
  while [ ! -e "$STATUS_DIR/preflight-$PAIR.reached" ] && [ $((clock - agent_since)) -le $((seconds * 100)) ] &&
    port_listens; do
    nap
    pass_time
  done
}

# Its last words, at most five, without the empty ones
tell_last_words() {
  set --
  while read -r line || [ -n "$line" ]; do
    [ -n "$line" ] && set -- "$@" "$line"
    [ $# -le 5 ] || shift
  done <"$output"
  for line in "$@"; do tell words "text=$line"; done
}

try_server() {
  prepare_port
  if port_listens; then
    tell server "state=taken port=${CARLA_PORT:-2000}"
    return
  fi
  start_server "$1"
  await_server
  took=$(((clock - since) / 100))
  tell server "state=$outcome exit=$code seconds=$took port=${CARLA_PORT:-2000}"
  if [ "$outcome" = listens ]; then await_agent; else tell_last_words; fi
  : >"$STATUS_DIR/preflight-$PAIR.over"
  kill -KILL "-$server" 2>/dev/null || kill -KILL "$server" 2>/dev/null
  rm -f "$output"
}

# ---------------------------------------------------------------------------------------- the agent

look_at_memory() {
  size=- path=${SHARED_MEMORY:-/dev/shm}
  have df && while read -r _ blocks _ _ _ _; do is_count "$blocks" && size=$blocks; done <<END_OF_TABLE
$(df -P -k "$path" 2>/dev/null)
END_OF_TABLE
  tell memory "shm=$size uid=$(id -u 2>/dev/null || echo -)"
}

# -> $programs: where our Python programs are
find_programs() {
  for programs in "${0%/*}" "${0%/*}/console/workers"; do
    [ -f "$programs/preflight_agent.py" ] && return
  done
}

# The team's files run before its Python, as they will in the Job; each program of ours says its facts.
look_at_agent() {
  find_programs
  if ! have python3; then
    tell python "version=-"
    return
  fi
  python3 -I -S -u "$programs/preflight_reach.py" &
  reach=$!
  whole IMPORT_LIMIT 120
  import_text="exec python3 -I -S -u '$programs/preflight_agent.py' \"\$LEADERBOARD_ROOT/leaderboard/leaderboard_evaluator.py\""
  ATTEMPT=1 sh "${0%/*}/evaluator_start.sh" "$import_text" </dev/null &
  asked=$!
  within "$seconds" || tell late "seconds=$seconds"
  wait "$reach"
}

pass_time
clock=0
look_at_gpus
if [ "$gpus" = 0 ]; then tell lost "text=$gpu_trouble"; elif [ -n "$gpu_lost" ]; then tell lost "text=$gpu_lost"; fi
if [ "$role" = simulator ]; then
  look_at_display
  look_at_maps
  look_at_vulkan
  try_server "$2"
else
  look_at_memory
  look_at_agent
fi
tell end "role=$role"
