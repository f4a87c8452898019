# Is the evaluator well? Its process, its output, its simulated time, and what its result says.
#
# Needs pair_checkpoint.sh. Results: $event, $why; $route as the evaluator's output names it.

saw_port= running= spoken= ticked=0 ticks_asked=0 tick_from=1 copier= lost=

begin_to_drive() {
  say "the simulator is ready: starting the evaluator, RESUME=$resume"
  if port_listens; then saw_port=yes; fi
  watch_anew
  ticks_asked=$clock
  start_evaluator "$1"
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
    [ -z "$line" ] || spoken=$clock
  fi
  [ -z "$running" ] || [ -n "$mute" ] || [ $((clock - ticked)) -le "$tick_limit" ]
}

# goes_on: false when the evaluator has been between two routes, where no time passes, for twice
# AGENT_IDLE_LIMIT, whatever a thread of the agent prints meanwhile.
goes_on() {
  [ "$idle_limit" -gt 0 ] && [ -n "$spoken" ] && [ -z "$running" ] && [ -z "$mute" ] || return 0
  [ $((clock - spoken)) -le $((2 * idle_limit)) ]
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
  show_checkpoint
  if ! workload_runs; then
    judge_result
    [ -n "$event" ] && return
    # A dead server takes the evaluator with it: then the simulator failed, whoever looks first.
    event=workload-crashed why="the evaluator ended without a complete result"
    if [ -n "$saw_port" ] && ! port_listens; then event=partner-lost why="the server is gone"; fi
  elif ! grows "$log" "$idle_limit"; then
    # One that has written all and never ends (it hangs as it cleans up) has nothing left to drive.
    judge_result
    [ "$event" = result-complete ] || event=workload-hung why="the evaluator is silent"
  elif ! ticks; then
    event=workload-hung why="the route runs but its time stands still"
  elif ! goes_on; then
    judge_result
    [ "$event" = result-complete ] || event=workload-hung why="something prints, but the evaluator goes on with no route"
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
    follow_gpu
  fi
}
