# The workload's processes: started, found again whatever they did to hide, and ended to the last.
#
# A process is known by its number and its time of start, for numbers come again. Results: $workload,
# $victims, $code and $signal.

workload= workload_started= launched=0 code=-1 signal=0

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
      case $$:${row%:*}:$pid in 1:1:"${copier:-}" | 1:1:"${keeper:-}" | 1:1:"${use_asked:-}") ;; 1:1:*) family="$family$pid " grown=yes ;; esac
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

# is_cut FILE: a look at its two ends, for a stopped evaluator waits for no program to look closer
is_cut() {
  size_of "$1"
  [ "${size:-0}" -le "$largest_checkpoint" ] || return 0
  slurp "$1"
  case $text in '{'*'"_checkpoint"'*'}') return 1 ;; esac
}

# An evaluator is not killed in the middle of a write if a moment later will do: it is stopped, and
# goes on for a while longer when its checkpoint is cut.
end_workload() {
  tries=0
  while [ "$role" = agent ] && [ "$tries" -lt 10 ] && [ -e "$CHECKPOINT" ] &&
    find_victims && [ -n "$victims" ]; do
    kill -STOP $victims 2>/dev/null
    is_cut "$CHECKPOINT" || break
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
