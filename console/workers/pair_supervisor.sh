#!/bin/sh
# One half of a pair, alive: starts the workload, tells the partner so, ends both when one fails.
#
#   pair_supervisor.sh simulator|agent 'shell text that execs the workload'
#   pair_supervisor.sh rules < questions     (its rules as data: see answer_questions)
#
# POSIX sh, because simulator images have no Python. Needs sleep, mv, rm, cat, ls and /proc; does
# less without setsid, tee, mkfifo, grep, tail, date, bash and python3, and says so where it matters.
# Shares nothing with the partner but $STATUS_DIR. Knows no Kubernetes, no routes and no scores.
#
# Exit: 0 nothing is left to do (done, cancelled, or what no restart would change: a wrong GPU, an image
# without what the evaluator imports); 143 asked to stop with work left, so that a pod that lives on
# restarts this half; 1 failed, to be restarted and resumed. Limits are in seconds:
#   POLL 1                 pause between two looks at everything
#   GPU_LIMIT 10           until nvidia-smi has said which GPU this half sees: see gpu_sight.sh
#   BOOT_LIMIT 600         simulator: the server's port must listen by then
#   PARTNER_LIMIT          silence of a partner that has not come yet; agent 900, simulator 1800
#                          (kubelet pulls the agent's image while the first simulator runs)
#   HEARTBEAT_LIMIT 30     polls without a new heartbeat until the partner counts as lost
#   AGENT_IDLE_LIMIT 800   agent: evaluator without output; 0 = no limit
#   TICK_LIMIT 400         agent: a route runs, but the simulated time stands still; 0 = no limit.
#                          More than the evaluator's own patience with a server (300 in 2.x), so
#                          that it can record the failure itself; loading and set-up do not count
#   PORT_LIMIT 60          simulator: a server that used to answer on its port does not, or is
#                          stopped; 0 = no limit. CARLA answers `version` beside the simulation, so
#                          not even the loading of a large town delays it
#   SERVER_IDLE_LIMIT 0    simulator: no growth of $SERVER_LOG; 0 = no limit
# A count: ROUTE_ATTEMPTS 2, agent: attempts that crash or hang at one route until that route is
# recorded as failed; 0 = no limit.

asked=
trap 'asked=yes' TERM INT HUP
trap : PIPE
set -u
. "${0%/*}/container_shell.sh"
. "${0%/*}/gpu_sight.sh"

# ---------------------------------------------------------------- rules (console/domain/pair.py)

# decide ROLE PHASE EVENT -> $decision: "phase NAME", "end REASON STATUS" or "none"
decide() {
  case $1:$2:$3 in
    *:stop-asked) decision="end terminated 143" ;;
    *:cancel-asked) decision="end cancelled 0" ;;
    *:gpu-wrong) decision="end wrong-gpu 0" ;;
    *:partner-lost | *:partner-absent) decision="end lost-partner 1" ;;
    simulator:*:partner-done) decision="end done 0" ;;
    simulator:booting:server-listens) decision="phase ready" ;;
    simulator:booting:boot-timeout) decision="end never-ready 1" ;;
    agent:waiting:partner-ready) decision="phase driving" ;;
    agent:*:result-complete) decision="end done 0" ;;
    agent:driving:setup-invalid) decision="end invalid-setup 1" ;;
    agent:driving:load-failed) decision="end not-loaded 0" ;;
    simulator:*:workload-crashed | agent:driving:workload-crashed) decision="end crashed 1" ;;
    simulator:ready:workload-hung | agent:driving:workload-hung) decision="end hang 1" ;;
    *) decision=none ;;
  esac
}

# next_attempt OWN_LAST PARTNER_LAST PARTNER_ENDED(yes or empty) -> $attempt
next_attempt() {
  attempt=$(($1 + 1))
  if [ "$3" = yes ]; then set -- "$1" $(($2 + 1)) ""; fi
  [ "$2" -gt "$attempt" ] && attempt=$2
  return 0
}

# Lines "decide ROLE PHASE EVENT" or "attempt OWN PARTNER yes|no", answered line by line.
answer_questions() {
  while read -r question first second third; do
    case $question in
      decide) decide "$first" "$second" "$third" && echo "$decision" ;;
      attempt) next_attempt "$first" "$second" "$third" && echo "$attempt" ;;
    esac
  done
}

# ------------------------------------------------------------------------------- words and clocks

say() { printf '[pair-%s %s attempt %s] %s\n' "$PAIR" "$role" "$attempt" "$*"; }

# -> $epoch seconds
read_epoch() {
  epoch=$(date +%s 2>/dev/null) && is_count "$epoch" && return
  epoch=0
  while read -r key value _; do
    [ "$key" = btime ] && epoch=$((value + last_uptime / 100))
  done </proc/stat
}

# ------------------------------------------------------------------------------------ status files

# publish NAME TEXT: a reader sees the old file or the new one, never a part
publish() {
  { printf '%s\n' "$2" >"$STATUS_DIR/.pair-$PAIR.$role.new"; } 2>/dev/null &&
    mv -f "$STATUS_DIR/.pair-$PAIR.$role.new" "$STATUS_DIR/pair-$PAIR.$role.$1" 2>/dev/null
}

# mark NAME TEXT: what must be known even on a full disk; there the name alone often still fits
mark() {
  publish "$1" "$2" || { printf '' >"$STATUS_DIR/pair-$PAIR.$role.$1"; } 2>/dev/null
}

# A half that cannot write either ($mute) takes nobody's silence for a sign.
beat() {
  counter=$((counter + 1)) mute=
  publish heartbeat "$attempt $counter $phase" || mute=yes
}

# highest_attempt ROLE -> $highest, 0 when it has begun none
highest_attempt() {
  highest=0
  for path in "$STATUS_DIR/pair-$PAIR.$1.attempt-"*; do
    is_count "${path##*-}" && [ "${path##*-}" -gt "$highest" ] && highest=${path##*-}
  done
}

is_done() { [ -e "$STATUS_DIR/pair-$PAIR.$1.done" ]; }
has_ended() { [ -e "$STATUS_DIR/pair-$PAIR.$1.ended-$2" ]; }

# A life that left no end was killed without a word; only the next one can say so.
note_vanished() {
  [ "$own" -gt 0 ] && ! has_ended "$role" "$own" || return 0
  epoch=$(date -r "$STATUS_DIR/pair-$PAIR.$role.heartbeat" +%s 2>/dev/null)
  is_count "$epoch" || read_epoch
  route=-
  if [ "$role" = agent ]; then
    newest 1 '^======== pair '
    case $line in *", attempt $own,"*) newest 1 '^======== pair ' "$route_begins" && name_route ;; esac
  fi
  mark "ended-$own" "reason=vanished exit=-1 signal=0 route=$route t=$epoch"
}

begin_attempt() {
  highest_attempt "$role"
  own=$highest
  highest_attempt "$partner"
  partner_ended=
  has_ended "$partner" "$highest" && partner_ended=yes
  next_attempt "$own" "$highest" "$partner_ended"
  note_vanished
  read_epoch
  mark "attempt-$attempt" "$epoch" && return
  say "cannot write to $STATUS_DIR: no attempt can be counted, so none is begun"
  exit 1
}

# ----------------------------------------------------------------------------------- the processes

workload_runs() { is_running "$workload" "$workload_started"; }

# -> $table: one word pid:parent:session for each live process
survey() {
  table=
  for path in /proc/[0-9]*; do
    read_process "${path#/proc/}" || continue
    case $state in Z | X) continue ;; esac
    table="$table ${path#/proc/}:$parent:$session"
  done
}

# Adds to $family whoever has a parent or a session leader in it. PID 1 inherits every orphan.
grow_family() {
  grown=yes
  while [ -n "$grown" ]; do
    grown=
    for row in $table; do
      pid=${row%%:*} row=${row#*:}
      case $family in *" $pid "*) continue ;; esac
      case "$family" in *" ${row%:*} "* | *" ${row#*:} "*) family="$family$pid " grown=yes ;; esac
      case $$:${row%:*}:$pid in 1:1:"$copier" | 1:1:"$keeper") ;; 1:1:*) family="$family$pid " grown=yes ;; esac
    done
  done
}

# -> $ancestors: whoever can inherit an orphan of ours
find_ancestors() {
  ancestors=" 1 " parent=$$
  while read_process "$parent" && [ "$parent" -gt 1 ]; do ancestors="$ancestors$parent "; done
}

# Adds the orphans that carry our mark in their environment, also those of an earlier life.
# `read` drops the NUL bytes between the variables; grep is of no use, for busybox stops at the first.
add_marked() {
  for row in $table; do
    pid=${row%%:*} row=${row#*:}
    case $family in *" $pid "*) continue ;; esac
    case $ancestors in *" ${row%:*} "*) ;; *) continue ;; esac
    { while read -r line || [ -n "$line" ]; do
      case $line in *"$mark"*) family="$family$pid " && break ;; esac
    done <"/proc/$pid/environ"; } 2>/dev/null
  done
}

# -> $victims: the live processes of this workload, and what an earlier life of this half left
find_victims() {
  family=" "
  # A number that another process has got meanwhile is not ours.
  if [ -n "$workload" ] && { workload_runs || ! read_process "$workload"; }; then family=" $workload "; fi
  survey
  grow_family
  add_marked
  grow_family
  victims=
  for row in $table; do
    case $family in *" ${row%%:*} "*) victims="$victims ${row%%:*}" ;; esac
  done
  return 0
}

kill_workload() {
  rounds=0
  while find_victims && [ -n "$victims" ]; do
    kill -KILL $victims 2>/dev/null
    rounds=$((rounds + 1))
    [ "$rounds" -lt 20 ] || { say "these processes do not die: $victims"; return; }
    nap
  done
}

# An evaluator is not killed in the middle of a write if a moment later will do: it is stopped, and
# goes on for a while longer when its checkpoint is cut.
end_workload() {
  tries=0
  while [ "$role" = agent ] && [ "$tries" -lt 10 ] && [ -e "$CHECKPOINT" ] &&
    find_victims && [ -n "$victims" ]; do
    kill -STOP $victims 2>/dev/null
    judge_text "$CHECKPOINT"
    [ "$verdict" = torn ] || break
    kill -CONT $victims 2>/dev/null
    tries=$((tries + 1))
    nap
  done
  kill_workload
}

# The caller redirects the output. A session of its own lets the whole workload be found. An agent's
# text is run by evaluator_start.sh: the team's files come first, and must not run in this shell.
launch() {
  shell=sh && have bash && shell=bash
  own_session= && have setsid && own_session=setsid
  (
    export HOME="${HOME:-/root}" ATTEMPT="$attempt" RESUME="$resume" PAIR_WORKLOAD="$mark"
    export GRAPHICS_ADAPTER="$adapter"
    if [ "$role" = agent ]; then exec $own_session sh "${0%/*}/evaluator_start.sh" "$1"; fi
    exec $own_session "$shell" -c 'pair_text=$1; set --; eval "$pair_text"' "$shell" "$1"
  ) </dev/null &
  workload=$!
  workload_started=
  read_process "$workload" && workload_started=$started
  launched=$clock
}

# -> $code $signal of a workload that has ended by itself; -1 and 0 otherwise
collect_exit() {
  [ -n "$workload" ] || return 0
  { wait "$workload"; } 2>/dev/null
  code=$? signal=0
  [ "$code" -gt 128 ] && [ "$code" -le 192 ] && signal=$((code - 128))
  return 0
}

# ------------------------------------------------------------------------------------ the simulator

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

# The question that every CARLA client asks first, `version` in msgpack-RPC; any answer will do.
question='\224\000\001\247version\220'
bash_asker='exec 7<>"/dev/tcp/$1/$2" && printf "$3" >&7 && LC_ALL=C read -r -n 1 -t 5 -u 7 -d "" _'
python_asker='
import socket, sys
with socket.create_connection((sys.argv[1], int(sys.argv[2])), 5) as line:
    line.sendall(b"\x94\x00\x01\xa7version\x90")
    sys.exit(not line.recv(1))
'

ask_port() {
  set -- "${CARLA_HOST:-127.0.0.1}" "$CARLA_PORT" "$question"
  if have bash; then exec bash -c "$bash_asker" bash "$@"; fi
  exec python3 -I -c "$python_asker" "$@"
}

# Whoever connects to the port first is the evaluator: some servers serve only one.
has_client() {
  slurp /proc/net/tcp /proc/net/tcp6
  case $text in *":$port "*:????" 01 "*) ;; *) return 1 ;; esac
}

# answers: false when the server has not answered for PORT_LIMIT, though it did in this attempt, or
# was stopped for as long. One that does not speak this language is asked three times and no more.
answers() {
  [ "$port_limit" -gt 0 ] || return 0
  if [ -n "$asker" ] && { ! read_process "$asker" || [ "$state" = Z ]; }; then
    wait "$asker" 2>/dev/null && spoke=yes answered=$clock
    asker=
  fi
  if [ $((clock - last_question)) -ge "$glance" ]; then
    last_question=$clock
    [ -n "$asker" ] && kill -KILL "$asker" 2>/dev/null && wait "$asker" 2>/dev/null
    asker=
    is_stopped || ask_again
  fi
  [ $((clock - answered)) -le "$port_limit" ]
}

# Without an answer that was ever given, silence proves nothing.
ask_again() {
  if [ -z "$spoke" ]; then
    answered=$clock
    [ "$unanswered" -lt 3 ] && has_client || return 0
    unanswered=$((unanswered + 1))
  fi
  have bash || have python3 || return 0
  ask_port </dev/null >/dev/null 2>&1 &
  asker=$!
}

is_stopped() {
  find_victims
  for pid in $victims; do
    read_process "$pid" && [ "$state" = T ] && return
  done
  return 1
}

notice_server() {
  if ! workload_runs; then
    event=workload-crashed why="the server is gone"
  elif [ "$phase" = booting ]; then
    if port_listens; then event=server-listens
    elif [ $((clock - launched)) -gt "$boot_limit" ]; then
      event=boot-timeout why="the server's port $CARLA_PORT did not listen in time"
    fi
  elif ! port_listens; then
    # A dying server closes its port first; its exit code is worth one more poll.
    deaf=$((deaf + 1))
    [ "$deaf" -gt 1 ] && event=workload-hung why="the server runs but its port $CARLA_PORT is closed"
  else
    deaf=0
    grows "$SERVER_LOG" "$idle_limit" || { event=workload-hung why="the server's log is silent"; }
    answers || { event=workload-hung why="the server does not answer on its port $CARLA_PORT"; }
  fi
}

# It says first that its GPU is wrong, so that this may be news since we looked.
agent_is_done() {
  event=partner-done why="the agent is done"
  notice_gpu
}

notice_simulator() {
  notice_gpu
  [ -z "$event" ] || return 0
  if is_done agent; then agent_is_done; return; fi
  notice_server
  case $event in '' | server-listens) notice_partner ;; esac
}

# ---------------------------------------------------------------------------------------- the agent

largest_checkpoint=67108864

# find_workers -> $workers: where our Python programs are, empty where they cannot run
find_workers() {
  workers=
  have python3 || return 0
  for workers in "${0%/*}" "${0%/*}/../.."; do
    if [ -f "$workers/console/workers/checkpoint_resuming.py" ]; then return; fi
  done
  workers=
}

worker_program='
import sys
sys.path.insert(0, sys.argv.pop(1))
from importlib import import_module
sys.exit(import_module("console.workers." + sys.argv.pop(1)).main())
'

# work MODULE ARGUMENT...: one of our Python programs, in place of this shell
work() {
  export PAIR STATUS_DIR CHECKPOINT ATTEMPT="$attempt" ROUTE_ATTEMPTS="$route_attempts"
  export KEEPER_SIGN="$keeper_sign"
  exec python3 -I -S -B -c "$worker_program" "$workers" "$@"
}

# judge FILE -> $verdict: torn, whole (resumable) or complete (no route left); $rejected
judge() {
  verdict=torn rejected=
  [ -s "$1" ] || return 0
  if [ -n "$workers" ]; then
    (work checkpoint_resuming judge "$1" 2>/dev/null)
    understand $? && return
  fi
  judge_text "$1"
}

# understand STATUS -> $verdict $rejected; false when it says nothing of a checkpoint
understand() {
  verdict=torn rejected=
  case $1 in
    20) ;;
    21 | 23) verdict=whole ;;
    22 | 24) verdict=complete ;;
    *) return 1 ;;
  esac
  case $1 in 23 | 24) rejected=yes ;; esac
}

# As far as a shell can tell.
judge_text() {
  verdict=torn rejected=
  size_of "$1"
  [ "${size:-0}" -le "$largest_checkpoint" ] || return 0
  slurp "$1"
  case $text in '{'*'"_checkpoint"'*'}') verdict=whole ;; *) return 0 ;; esac
  case $text in
    *'"global_record": {}'* | *'"global_record":{}'* | *'"global_record" : {}'*) ;;
    *'"global_record": {'* | *'"global_record":{'* | *'"global_record" : {'*) verdict=complete ;;
  esac
  case $text in *'"entry_status": "Rejected"'* | *'"entry_status":"Rejected"'*) rejected=yes ;; esac
}

# copy_whole FROM TO: TO becomes a copy of FROM if that copy turns out whole
copy_whole() {
  { cat "$1" >"$2.new"; } 2>/dev/null && judge "$2.new" && [ "$verdict" != torn ] &&
    mv -f "$2.new" "$2" && return
  rm -f "$2.new"
  return 1
}

# The evaluator rewrites its checkpoint in place: a kill in between must not cost finished routes.
# Where Python is, a keeper copies each version before the next; else each look here does.
keep_checkpoint() {
  # logcopy is another user: no umask of a team's may hide the checkpoint from it.
  [ ! -e "$CHECKPOINT" ] || chmod a+r "$CHECKPOINT" 2>/dev/null
  keeper_works && return
  size_of "$CHECKPOINT"
  [ "${size:-0}" -gt 0 ] && [ "$size" -le "$largest_checkpoint" ] || return 0
  [ "$size" = "$kept_size" ] && ! [ "$CHECKPOINT" -nt "$CHECKPOINT.good" ] && return 0
  kept=$size
  copy_whole "$CHECKPOINT" "$CHECKPOINT.good" && kept_size=$kept
  return 0
}

keeper_works() {
  [ -n "$keeper" ] && is_running "$keeper" "$keeper_started" && [ "$state" != T ]
}

start_keeper() {
  [ -n "$workers" ] && [ "$keepers" -lt 50 ] || return 0
  keepers=$((keepers + 1))
  (work checkpoint_keeper $$) </dev/null &
  keeper=$!
  keeper_started=
  read_process "$keeper" && keeper_started=$started
}

# One that was stopped holds up the evaluator; one that is gone is replaced.
tend_keeper() {
  keeper_works && return
  stop_keeper
  start_keeper
}

stop_keeper() {
  [ -n "$keeper" ] && is_running "$keeper" "$keeper_started" && kill -KILL "$keeper" 2>/dev/null
  keeper=
}

# The keeper is ready, or there will be none: nothing is driven that it might miss.
keeper_is_ready() {
  keeper_works || return 0
  { read -r ready_keeper <"$keeper_sign"; } 2>/dev/null || return 1
  [ "$ready_keeper" = "$keeper" ]
}

# keep_trying COMMAND...: until it succeeds, something else happens ($event) or PARTNER_LIMIT is over.
# The evaluator cuts its checkpoint before it writes, so no attempt drives without a copy of it.
keep_trying() {
  tried_since=$clock
  until "$@"; do
    [ $((clock - tried_since)) -le "$partner_limit" ] || return 1
    if [ "$tried_since" = "$clock" ]; then say "cannot copy the checkpoint: waiting until the disk takes it"; fi
    sleep "$pause" || sleep 1
    pass_time
    beat
    notice_orders
    [ -n "$event" ] || notice_partner
    [ -z "$event" ] || return 1
  done
}

# Everything that must be true of the checkpoint before an attempt drives. -> $verdict $resume
prepare_checkpoint() {
  resume=${RESUME:-} verdict=
  if [ -n "$workers" ]; then keep_trying prepare_exactly; fi
  if [ -z "$verdict" ] && [ -z "$event" ]; then prepare_roughly; fi
  case $verdict in whole | complete) resume=1 ;; esac
}

prepare_exactly() {
  (work checkpoint_resuming prepare)
  status=$?
  understand "$status" && return
  verdict=
  [ "$status" != 30 ]
}

prepare_roughly() {
  judge "$CHECKPOINT"
  if [ "$verdict" != torn ]; then
    patience=keep_trying
    if [ "$verdict" = complete ]; then patience=; fi
    $patience copy_whole "$CHECKPOINT" "$CHECKPOINT.good" && size_of "$CHECKPOINT" && kept_size=$size
    judge "$CHECKPOINT"
  else
    restore_checkpoint
  fi
}

restore_checkpoint() {
  if [ -s "$CHECKPOINT" ] && mv -f "$CHECKPOINT" "$CHECKPOINT.torn-$attempt"; then
    say "the checkpoint is cut: kept aside as $CHECKPOINT.torn-$attempt"
  fi
  judge "$CHECKPOINT.good"
  [ "$verdict" != torn ] || return 0
  keep_trying copy_whole "$CHECKPOINT.good" "$CHECKPOINT" || [ -n "$event" ] ||
    mv -f "$CHECKPOINT.good" "$CHECKPOINT"
  judge "$CHECKPOINT"
  [ "$verdict" != torn ] || return 0
  say "restored the last good copy of the checkpoint"
}

# A route that crashes the pair again and again must not eat the whole restart budget, and one that
# has its record must not be driven again, though the evaluator of the 2.0 image would.
give_up_route() {
  [ "$attempt" -gt 1 ] || return 0
  if [ -z "$workers" ]; then
    [ "$route_attempts" -gt 0 ] && [ "$attempt" -gt "$route_attempts" ] || return 0
    say "no python3: a route that crashes again and again is not given up"
    return 0
  fi
  (work giving_up)
  case $? in
    0) ;;
    10) prepare_checkpoint ;;
    *) say "the checkpoint stays as it is: going on" ;;
  esac
}

# Output goes to the container's log and, kept over all attempts, to leaderboard.log. A named pipe
# instead of `| tee` keeps the evaluator's exit status; opened for both first, so that no open waits.
start_evaluator() {
  pipe="$AGENT_DIR/.leaderboard.pipe"
  size_of "$log" && log_begin=${size:-0} tick_from=$((${size:-0} + 1))
  read_epoch
  publish "evaluator-$attempt" state=starting
  if have tee && have mkfifo && rm -f "$pipe" && mkfifo "$pipe" 2>/dev/null &&
    { printf '======== pair %s, attempt %s, t=%s ========\n' "$PAIR" "$attempt" "$epoch" >>"$log"; } 2>/dev/null
  then
    exec 3<>"$pipe" 4>"$pipe" 5<"$pipe" 3>&-
    rm -f "$pipe"
    tee -a "$log" <&5 4>&- 5<&- &
    copier=$!
    launch "$1" >&4 2>&1 4>&- 5<&-
    exec 4>&- 5<&-
  else
    say "no leaderboard.log (tee, mkfifo and a writable $AGENT_DIR are needed): output only here, no idle limit"
    idle_limit=0
    launch "$1" 2>&1
  fi
}

# Lets the copier write what is in the pipe; it ends by itself once no writer is left.
finish_log() {
  rounds=0
  while [ -n "$copier" ] && read_process "$copier" && [ "$state" != Z ]; do
    rounds=$((rounds + 1))
    [ "$rounds" -lt 20 ] || { kill -KILL "$copier" 2>/dev/null; return; }
    nap
  done
}

route_begins='Preparing RouteScenario_'

# newest FROM PATTERN... -> $line: the last one with a pattern in $log from byte FROM on
newest() {
  line=
  have grep && have tail && [ -f "$log" ] || return 0
  size_of "$log"
  from=+$1
  [ $((${size:-0} - $1)) -lt "$largest_checkpoint" ] || from=$largest_checkpoint
  shift
  as_text= && echo a | grep -a a >/dev/null 2>&1 && as_text=-a
  line=$(tail -c "$from" "$log" 2>/dev/null |
    LC_ALL=C grep $as_text -e "$1" -e "${2:-$1}" -e "${3:-$1}" | tail -n 1)
}

# -> $route, named by $line, else -
name_route() {
  route=-
  case $line in *"$route_begins"*) ;; *) return 0 ;; esac
  route_id=${line##*"$route_begins"} repetition=${line##*"(repetition "}
  route_id=${route_id%% *} repetition=${repetition%%")"*}
  is_count "$route_id" && is_count "$repetition" && route="RouteScenario_${route_id}_rep$repetition"
  return 0
}

# -> $route: the last one that this attempt's output says it prepared, else -
find_route() {
  route=-
  [ -n "$copier" ] || return 0
  newest $((log_begin + 1)) "$route_begins"
  name_route
}

# ticks: false when a route has been running for TICK_LIMIT without simulated time. A route runs from
# its first tick, which the evaluator prints 20 times a simulated second, to the word that it stops.
ticks() {
  [ "$tick_limit" -gt 0 ] && [ -n "$copier" ] || return 0
  if [ $((clock - ticks_asked)) -ge "$glance" ]; then
    ticks_asked=$clock
    newest "$tick_from" '\[Agent\].*Wallclock' '> Stopping the route' "$route_begins"
    tick_from=$((${size:-0} + 1))
    case $line in
      *Wallclock*) running=yes ticked=$clock ;;
      ?*) running= ;;
    esac
  fi
  [ -z "$running" ] || [ -n "$mute" ] || [ $((clock - ticked)) -le "$tick_limit" ]
}

# The evaluator says itself what it was loaded from, or that it could not be. What this image lacks it
# lacks after a restart too.
load_failed() {
  line= lasting=
  { read -r line lasting _ <"$STATUS_DIR/pair-$PAIR.agent.evaluator-$attempt"; } 2>/dev/null
  [ "$line $lasting" = "state=failed lasting=yes" ]
}

# The exit status is not asked: the evaluator of Leaderboard 1.0 exits 0 after most exceptions.
judge_result() {
  judge "$CHECKPOINT"
  if [ "$verdict" = complete ]; then event=result-complete why="every route has been driven"
  elif [ "$rejected" = yes ]; then event=setup-invalid why="the agent's sensors were rejected"
  elif load_failed; then event=load-failed why="the evaluator cannot be loaded"
  fi
}

notice_evaluator() {
  keep_checkpoint
  if ! workload_runs; then
    judge_result
    [ -n "$event" ] && return
    # A dead server takes the evaluator with it: then the simulator failed, whoever looks first.
    event=workload-crashed why="the evaluator ended without a complete result"
    if [ -n "$saw_port" ] && ! port_listens; then event=partner-lost why="the server is gone"; fi
  elif ! grows "$log" "$idle_limit"; then
    event=workload-hung why="the evaluator is silent"
  elif ! ticks; then
    event=workload-hung why="the route runs but its time stands still"
  fi
}

notice_agent() {
  tend_keeper
  notice_gpu
  [ -z "$event" ] || return 0
  if [ "$phase" = driving ]; then notice_evaluator; fi
  [ -n "$event" ] && return
  notice_partner
  if [ "$event" = partner-lost ] && [ "$phase" = driving ]; then
    lost=$why event=
    judge_result
    if [ "$event" != result-complete ]; then event=partner-lost why=$lost; fi
  elif [ -z "$event" ] && [ "$phase:$beat_phase" = waiting:ready ] && [ "$moves" -gt 1 ] && keeper_is_ready; then
    event=partner-ready
  fi
}

# -------------------------------------------------------------------------------- the life of a half

# A stale heartbeat looks like a fresh one, so only a counter that moves between own polls counts.
read_heartbeat() {
  beat_attempt= beat_counter= beat_phase=
  { read -r beat_attempt beat_counter beat_phase _ <"$STATUS_DIR/pair-$PAIR.$partner.heartbeat"; } 2>/dev/null
  if [ "$beat_attempt" != "$attempt" ]; then beat_phase=; return; fi
  if [ "$beat_counter" = "$seen_counter" ]; then
    [ -n "$mute" ] || frozen=$((frozen + 1))
    return
  fi
  [ "$moves" -gt 0 ] || heard=$clock
  seen_counter=$beat_counter frozen=0 moves=$((moves + 1))
}

notice_partner() {
  read_heartbeat
  highest_attempt "$partner"
  if has_ended "$partner" "$attempt"; then why="the $partner ended this attempt"
  elif [ "$highest" -gt "$attempt" ]; then why="the $partner has gone on to attempt $highest"
  elif [ "$frozen" -ge "$heartbeat_limit" ]; then why="no heartbeat of the $partner for $frozen polls"
  else
    partner_is_late && event=partner-absent
    return
  fi
  event=partner-lost
  # What it left behind may be news of another kind, written between two of our looks.
  if [ "$role" = simulator ] && is_done agent; then agent_is_done; fi
  notice_orders
}

partner_is_late() {
  [ $((clock - heard)) -gt "$partner_limit" ] || return 1
  if [ "$moves" = 0 ]; then why="gave up: the $partner never came to attempt $attempt"
  elif [ "$phase" = waiting ]; then why="gave up: the $partner was never ready"
  else return 1; fi
}

notice_orders() {
  if [ -e "$STATUS_DIR/simulation.cancel" ]; then event=cancel-asked why="the submission is cancelled"; fi
  if [ -n "$asked" ]; then event=stop-asked why="asked to stop"; fi
}

# finish REASON STATUS: nothing of the workload is left when the end is published
finish() {
  say "$why: $1"
  case $event in workload-crashed | setup-invalid | load-failed) collect_exit ;; result-complete) workload_runs || collect_exit ;; esac
  phase=stopping
  beat
  end_workload
  route=-
  if [ "$role" = agent ]; then
    finish_log
    if [ -n "$workload" ]; then keep_checkpoint; find_route; fi
    stop_keeper
    rm -f "$keeper_sign"
  fi
  # Who exits 0 never comes back, so nobody may wait for a word that is not written.
  case $1 in done | wrong-gpu | not-loaded)
    [ "$1" != wrong-gpu ] || mark gpu-fault "$why"
    if ! mark done "$attempt"; then
      say "cannot write to $STATUS_DIR that the pair is done: to be said by the next attempt"
      set -- "$1" 1
    fi ;;
  esac
  read_epoch
  mark "ended-$attempt" "reason=$1 exit=$code signal=$signal route=$route t=$epoch"
  told=
  if [ "$code" -ge 0 ]; then told="its exit status was $code, "; fi
  say "everything is stopped; ${told}last route $route; leaving with $2"
  exit "$2"
}

enter() {
  phase=$1
  case $phase in
    ready) answered=$clock last_question=$clock
      say "the server listens on port $CARLA_PORT after $(((clock - launched) / 100)) s" ;;
    driving)
      say "the simulator is ready: starting the evaluator, RESUME=$resume"
      if port_listens; then saw_port=yes; fi
      watched_since=$clock ticks_asked=$clock
      start_evaluator "$command_text" ;;
  esac
  beat
}

obey() {
  decide "$role" "$phase" "$event"
  set -- $decision
  case $1 in
    phase) enter "$2" ;;
    end) finish "$2" "$3" ;;
  esac
}

begin() {
  phase=waiting
  if [ "$role" = simulator ]; then phase=booting; fi
  beat
  end_workload
  look_at_gpus
  notice_gpu
  notice_orders
  [ -n "$event" ] && return
  if [ "$role" = simulator ]; then
    resume=${RESUME:-}
    say "starting the server on port $CARLA_PORT"
    launch "$command_text"
    return
  fi
  prepare_checkpoint
  [ -n "$event" ] && return
  if [ "$verdict" != complete ]; then give_up_route; fi
  if [ "$verdict" = complete ]; then judge_result; return; fi
  start_keeper
  say "waiting for the simulator"
}

live() {
  pass_time && clock=0
  begin
  while :; do
    if [ -n "$event" ]; then obey; fi
    sleep "$pause" || sleep 1
    pass_time
    beat
    event= why=
    notice_orders
    [ -n "$event" ] || "notice_$role"
  done
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
  fi
  [ "$glance" -lt 1000 ] || glance=1000
  log="$AGENT_DIR/leaderboard.log" keeper_sign="$AGENT_DIR/.checkpoint-keeper"
  heartbeat_limit=${HEARTBEAT_LIMIT:-30}
  is_count "$heartbeat_limit" || heartbeat_limit=30
  route_attempts=${ROUTE_ATTEMPTS:-2}
  is_count "$route_attempts" || route_attempts=2
}

main() {
  role=$1 command_text=$2 attempt=0
  case $role in simulator) partner=agent ;; *) partner=simulator ;; esac
  last_uptime=0 clock=0 counter=0 event= why= workload= workload_started= copier= launched=0
  seen_counter= mute= frozen=0 moves=0 heard=0 beat_phase= deaf=0 watched_size= watched_since=0
  code=-1 signal=0 kept_size= saw_port= running= ticked=0 ticks_asked=0 tick_from=1
  keeper= keeper_started= keepers=0 asker= last_question=0 answered=0 spoke= unanswered=0
  poll=100 && pass_time
  : "${PAIR:=1}" "${STATUS_DIR:=/tmp/status}"
  mark="[$STATUS_DIR:pair-$PAIR:$role]"
  find_ancestors
  if is_done agent; then
    kill_workload
    is_done "$role" || mark done 0 || { say "cannot write to $STATUS_DIR that the pair is done" && exit 1; }
    say "the pair is done already: nothing to start"
    exit 0
  fi
  read_settings
  find_workers
  begin_attempt
  prepare_port
  live
}

case ${1:-}:$# in
  simulator:2 | agent:2) main "$@" ;;
  rules:1) answer_questions ;;
  *) echo "usage: pair_supervisor.sh simulator|agent 'shell text that execs the workload'" >&2 && exit 2 ;;
esac
