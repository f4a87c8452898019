# How busy this half's GPU is while it lives, for the simulator's half: pair_simulator.sh sources it.
#
# Asks nvidia-smi every GPU_PERIOD seconds and waits for nothing: a later look takes the answer. One
# that is not there after GPU_LIMIT is given up, and whoever tells nothing is asked ever more rarely.
# No second one is asked while the first still runs, for a driver that hangs holds it beyond any
# signal. Each carries our mark, so that what is left of one is found as the workload's rest is.
#
# What is told is a status file; `-` is what it did not say, or what is not true of this GPU alone: a
# MIG slice's card counts all of its slices. Without an answer there is no file.

use_asked= use_started= use_since=0 use_due=0 use_pause=0 use_late= use_mig=,mig.mode.current
use_idle_since= use_buses= use_bus= use_told= use_elsewhere=-

# One step: take an answer that is there, give up one that is late, ask when it is time.
watch_gpu_use() {
  [ "$use_period" -gt 0 ] && [ "$gpu_uuid" != - ] || return 0
  if [ -z "$use_asked" ]; then
    [ "$clock" -lt "$use_due" ] || ! have nvidia-smi || ask_figures
  elif ! is_running "$use_asked" "$use_started"; then
    { wait "$use_asked"; } 2>/dev/null
    use_asked=
    "take_$use_question"
  elif [ $((clock - use_since)) -gt "$use_limit" ]; then
    give_up_asking
  fi
  return 0
}

ask_figures() {
  use_question=figures use_told=
  ask_smi "--query-gpu=uuid,pci.bus_id,utilization.gpu,memory.used,memory.total,temperature.gpu,power.draw$use_mig" \
    --format=csv,noheader,nounits
}

# ask_smi WORDS...: a hostile answer grows to 64 blocks and no more, on a disk that others need too
ask_smi() {
  use_answer="$STATUS_DIR/.pair-$PAIR.$role.gpu-use" use_since=$clock use_started=
  use_session= && have setsid && use_session=setsid
  (
    export PAIR_WORKLOAD="$mark"
    ulimit -f 64 2>/dev/null
    trap '' XFSZ
    exec $use_session nvidia-smi "$@"
  ) </dev/null >"$use_answer" 2>&1 &
  use_asked=$!
  read_process "$use_asked" && use_started=$started
  return 0
}

# Most die at once; one that does not is looked at again at each step.
give_up_asking() {
  use_since=$clock
  [ -n "$use_late" ] || say "nvidia-smi does not answer: it is asked less often how busy the GPU is"
  use_late=yes
  kill_question || return 0
  miss_use
}

# Whatever was asked has ended, or will as soon as its driver lets go of it: false, and no wait.
kill_question() {
  [ -n "$use_asked" ] || return 0
  {
    [ -z "$use_session" ] || kill -KILL "-$use_asked"
    kill -KILL "$use_asked"
    nap
    is_running "$use_asked" "$use_started" && return 1
    wait "$use_asked"
  } 2>/dev/null
  rm -f "$use_answer"
  use_asked=
}

# Nothing was told: the next question comes later, each time twice as late, up to sixteen periods.
miss_use() {
  use_idle_since=
  rm -f "$use_answer"
  use_pause=$((use_pause * 2))
  [ "$use_pause" -le $((use_period * 16)) ] || use_pause=$((use_period * 16))
  [ "$use_pause" -ge "$use_period" ] || use_pause=$((use_period * 2))
  use_due=$((clock + use_pause))
}

take_figures() {
  read_figures
  if [ -z "$use_told" ]; then
    # Drivers from before MIG know no such field, and then answer nothing at all.
    if [ -n "$use_mig" ]; then use_mig= && ask_figures; else miss_use; fi
    return
  fi
  use_pause=$use_period use_due=$((clock + use_period))
  tell_use
  if [ "$gpus" -gt 1 ]; then
    use_question=processes
    ask_smi -q -d PIDS
  else rm -f "$use_answer"
  fi
}

# -> $use_told: the figures of our own GPU in words, empty without; $use_buses: `bus uuid` of each
read_figures() {
  use_buses= use_told=
  while IFS=, read -r use_uuid bus busy used total heat power mig rest || [ -n "$use_uuid" ]; do
    only A-Za-z0-9- "$use_uuid" && use_uuid=$clean
    only A-Fa-f0-9:. "$bus" && bus=$clean
    use_buses="$use_buses$bus $use_uuid
"
    [ "$use_uuid" = "$gpu_uuid" ] && [ -z "$use_told" ] || continue
    use_bus=$bus
    read_own
  done <"$use_answer"
}

# -> $use_told of the row that was read
read_own() {
  figure "$busy" 100 && busy=$figure
  figure "$used" 9999999 && used=$figure
  figure "$total" 9999999 && total=$figure
  figure "$heat" 200 && heat=$figure
  figure "$power" 9999 && power=$figure
  only A-Za-z "$mig"
  case $clean:$told in Enabled:* | *:MIG-*) busy=- used=- total=- ;; esac
  if [ "$total" = - ] || [ "$total" = 0 ] || { [ "$used" != - ] && [ "$used" -gt "$total" ]; }; then
    used=- total=-
  fi
  case $busy in 0) : "${use_idle_since:=$clock}" ;; *) use_idle_since= ;; esac
  [ "$busy$used$heat$power" != ---- ] || return 0
  idle=- && [ "$busy" = - ] || idle=$(((clock - ${use_idle_since:-$clock}) / 100))
  read_epoch
  use_told="t=$epoch util=$busy used=$used total=$total temp=$heat power=$power idle=$idle"
}

# figure TEXT MOST -> $figure: a whole number up to MOST, its fraction left out; else -
figure() {
  only 0-9. "$1"
  figure=${clean%.*}
  is_count "$figure" && [ "$figure" -le "$2" ] || figure=-
  return 0
}

tell_use() { publish gpu-use "attempt=$attempt $use_told elsewhere=$use_elsewhere"; }

# Where several GPUs are seen a server can draw on another one than it was told (carla#9040).
take_processes() {
  read_processes
  rm -f "$use_answer"
  use_elsewhere=-
  if [ "$use_most" -gt "$use_here" ] && [ "$use_most" -ge 100 ]; then
    while read -r bus use_uuid; do
      [ "$bus" != "$use_most_at" ] || [ "$use_uuid" = - ] || use_elsewhere=$use_uuid
    done <<END_OF_BUSES
$use_buses
END_OF_BUSES
  fi
  tell_use
}

# -> $use_here: MiB of the workload on its own GPU; $use_most $use_most_at: most of one elsewhere
read_processes() {
  use_here=0 use_most=0 use_most_at= bus=- use_pid=- program= victims=
  while read -r line || [ -n "$line" ]; do
    value=${line##*: }
    case $line in
      'GPU '*:*.*) only A-Fa-f0-9:. "${line#GPU }" && bus=$clean use_pid=- ;;
      'Process ID '*) only 0-9 "$value" && use_pid=$clean program= ;;
      'Name '*) program=${value##*/} ;;
      'Used GPU Memory '*MiB) figure "${value%MiB}" 9999999 && count_memory && use_pid=- ;;
    esac
  done <"$use_answer"
}

# A number alone may be another container's process: its name must be that of ours too. Whose ours
# are is looked up for one that may be, for that takes a look at every process that is seen.
count_memory() {
  words=
  { read -r words <"/proc/$use_pid/cmdline"; } 2>/dev/null
  case $program:$figure:$words in :* | *:-:*) return 0 ;; *:*"$program"*) ;; *) return 0 ;; esac
  [ -n "$victims" ] || find_victims
  case " $victims " in *" $use_pid "*) ;; *) return 0 ;; esac
  if [ "$bus" = "$use_bus" ]; then use_here=$((use_here + figure))
  elif [ "$figure" -gt "$use_most" ]; then use_most=$figure use_most_at=$bus
  fi
}
