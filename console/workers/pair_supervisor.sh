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
#   GPU_PERIOD 15          simulator: between two looks at how busy its GPU is; 0 = none. See gpu_use.sh
#   MEMORY_PERIOD 15       simulator: between two looks at what its server holds; 0 = none. See memory_use.sh
#   BOOT_LIMIT 600         simulator: the server's port must listen by then
#   PARTNER_LIMIT          silence of a partner that has not come yet; agent 900, simulator 1800
#                          (kubelet pulls the agent's image while the first simulator runs)
#   HEARTBEAT_LIMIT 30     polls without a new heartbeat until the partner counts as lost
#   AGENT_IDLE_LIMIT 800   agent: evaluator without output, or for twice as long between two routes
#                          with nothing but its agent's output; 0 = no limit
#   TICK_LIMIT 400         agent: a route runs, but the simulated time stands still; 0 = no limit.
#                          More than the evaluator's own patience with a server (300 in 2.x), so
#                          that it can record the failure itself; loading and set-up do not count
#   PORT_LIMIT 60          simulator: a server that used to answer on its port does not, or is
#                          stopped; 0 = no limit. CARLA answers `version` beside the simulation, so
#                          not even the loading of a large town delays it
#   SERVER_IDLE_LIMIT 0    simulator: no growth of $SERVER_LOG; 0 = no limit
# Counts: ROUTE_ATTEMPTS 2, agent: attempts that crash or hang at one route until that route is
# recorded as failed; 0 = no limit. MEMORY_WORTH 4096, simulator: MiB from which on its log tells that
# a server has doubled.

asked=
trap 'asked=yes' TERM INT HUP
trap : PIPE
set -u
# The parts lie beside this script, in the same mount.
for each in container_shell gpu_sight pair_rules pair_clock pair_status pair_partner pair_processes pair_apart; do
  . "${0%/*}/$each.sh"
done

# finish REASON STATUS: nothing of the workload is left when the end is published
finish() {
  say "$why: $1"
  case $event in workload-crashed | setup-invalid | load-failed) collect_exit ;; result-complete) workload_runs || collect_exit ;; esac
  phase=stopping
  beat
  [ "$role" = agent ] || { kill_question; tell_last_memory; }
  end_workload
  route=-
  if [ "$role" = agent ]; then
    finish_log
    if [ -n "$workload" ]; then show_checkpoint; find_route; fi
    stop_keeper
    rm -f "$keeper_sign"
  fi
  [ "$1" != wrong-gpu ] || mark gpu-fault "$why"
  if retry_elsewhere "$1"; then set -- "$1" 1; fi
  # Who exits 0 never comes back, so nobody may wait for a word that is not written.
  case $1:$2 in done:* | wrong-gpu:0 | not-loaded:*)
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
  leave "$1" "$2"
}

enter() {
  phase=$1
  case $phase in
    ready) begin_to_ask ;;
    driving) begin_to_drive "$command_text" ;;
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
  start_clock
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

main() {
  role=$1 command_text=$2
  case $role in simulator) partner=agent && . "${0%/*}/gpu_use.sh" && . "${0%/*}/memory_use.sh" ;; *) partner=simulator && . "${0%/*}/pair_checkpoint.sh" ;; esac
  . "${0%/*}/pair_$role.sh"
  pass_time
  : "${STATUS_DIR:=/tmp/status}"
  find_pair
  : "${PAIR:=1}"
  mark="[$STATUS_DIR:pair-$PAIR:$role]"
  find_ancestors
  if is_done agent; then
    kill_workload
    is_done "$role" || mark done 0 || { say "cannot write to $STATUS_DIR that the pair is done" && exit 1; }
    say "the pair is done already: nothing to start"
    leave done 0
  fi
  read_settings
  if [ "$role" = agent ]; then find_workers; fi
  begin_attempt
  prepare_port
  live
}

case ${1:-}:$# in
  simulator:2 | agent:2) main "$@" ;;
  rules:1) answer_questions ;;
  *) echo "usage: pair_supervisor.sh simulator|agent 'shell text that execs the workload'" >&2 && exit 2 ;;
esac
