# The agent's checkpoint: kept while it is rewritten, and made ready before an attempt drives.
#
# Which copy goes on is decided by checkpoint_resuming.py; where this shell finds no python3 to run it,
# pair_checkpoint_bare.sh stands in. Results: $verdict (torn, whole, complete), $rejected, $resume.

verdict= rejected= resume= workers= keeper= kept_size= keeper_started= keepers=0

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

kept_is_current() { size_of "$CHECKPOINT" && kept_size=$size; }

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
  if [ -z "$verdict" ] && [ -z "$event" ]; then
    . "${0%/*}/pair_checkpoint_bare.sh"
    prepare_roughly
  fi
  case $verdict in whole | complete) resume=1 ;; esac
}

prepare_exactly() {
  (work checkpoint_resuming prepare)
  status=$?
  understand "$status" && return
  verdict=
  [ "$status" != 30 ]
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
