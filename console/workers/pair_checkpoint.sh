# The agent's checkpoint: kept while it is rewritten, and made ready before an attempt drives.
#
# A shell cannot look into it: which copy goes on is decided by checkpoint_resuming.py, run by the Python
# that runs the evaluator. Only the agent has one, and only the agent resumes. Results: $verdict (torn,
# whole, complete), $rejected, $resume.

verdict= rejected= resume= workers= python= keeper= keeper_started= keepers=0

largest_checkpoint=67108864

# find_workers -> $workers: where our Python programs are, empty where nothing can run them; $python: what does.
# The team's files may be what puts a Python on the path, or a newer one: the start of the evaluator has run
# them, and leaves in $python_sign which one it found.
find_workers() {
  workers= python=
  # The team's programs can write there too: what is no plain file would be waited for without an end.
  if [ -f "$python_sign" ]; then { read -r python <"$python_sign"; } 2>/dev/null; fi
  [ -n "$python" ] || python=python3
  have "$python" || return 0
  for workers in "${0%/*}" "${0%/*}/../.."; do
    if [ -f "$workers/console/workers/checkpoint_resuming.py" ]; then return; fi
  done
  workers=
}

# In the first attempt that is told after the evaluator was started.
look_for_workers() {
  if [ "$python" = python3 ] && [ -s "$python_sign" ]; then find_workers && keepers=0; fi
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
  exec "$python" -I -S -B -c "$worker_program" "$workers" "$@"
}

# judge FILE -> $verdict: torn, whole (resumable), complete (no route left), or nothing where nobody can
# tell; $rejected
judge() {
  verdict=torn rejected=
  [ -s "$1" ] || return 0
  (work checkpoint_resuming judge "$1" 2>/dev/null)
  understand $?
  return 0
}

# understand STATUS -> $verdict $rejected; false when it says nothing of a checkpoint
understand() {
  verdict= rejected=
  case $1 in
    20) verdict=torn ;;
    21 | 23) verdict=whole ;;
    22 | 24) verdict=complete ;;
    *) return 1 ;;
  esac
  case $1 in 23 | 24) rejected=yes ;; esac
}

# The evaluator rewrites its checkpoint in place: a kill in between must not cost finished routes.
# A keeper copies each version before the next. Here it is seen to that everybody may read it:
# logcopy is another user, and no umask of a team's may hide it from it.
show_checkpoint() { [ ! -e "$CHECKPOINT" ] || chmod a+r "$CHECKPOINT" 2>/dev/null || :; }

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
  look_for_workers
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
  if [ -n "$workers" ]; then
    keep_trying prepare_exactly
    if [ -z "$verdict" ] && [ -z "$event" ]; then prepare_in_place; fi
  fi
  # Whoever cannot look into it goes on from it, for an attempt without would begin with the first route.
  if [ -z "$verdict" ] && [ -s "$CHECKPOINT" ]; then verdict=whole; fi
  case $verdict in whole | complete) resume=1 ;; esac
}

prepare_exactly() {
  (work checkpoint_resuming prepare)
  status=$?
  understand "$status" || [ "$status" != 30 ]
}

# On a disk that takes nothing: a move needs no room, at the price of the second copy.
prepare_in_place() {
  judge "$CHECKPOINT"
  [ "$verdict" = torn ] && mv -f "$CHECKPOINT.good" "$CHECKPOINT" 2>/dev/null && judge "$CHECKPOINT"
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
