# What every half of a pair's container needs of a shell: numbers, time, processes, the server's port.
# For pair_supervisor.sh and preflight.sh, which source it and say with `say` what is wrong.
#
# POSIX sh, because simulator images have no Python. Needs sleep and /proc. Writes nothing.
# $poll, $clock and $last_uptime belong to whoever sources it: hundredths of a second.

# ------------------------------------------------------------------------------- words and clocks

have() { command -v "$1" >/dev/null 2>&1; }

is_count() {
  case $1 in '' | *[!0-9]* | 0?* | ??????????*) return 1 ;; esac
}

# limit NAME DEFAULT -> $centi: hundredths of a second, $accepted: the text; nonsense = DEFAULT
limit() {
  eval "text=\${$1:-$2}"
  case $text in . | *[!0-9.]* | *.*.* | 0[0-9]* | ??????????*) say "$1 is no number of seconds: using $2"; text=$2 ;; esac
  accepted=$text
  case $text in *.*) part=${text#*.}00 ;; *) part=00 ;; esac
  while [ ${#part} -gt 2 ]; do part=${part%?}; done
  text=${text%%.*}
  centi=$((${text:-0} * 100 + 1$part - 100))
}

# Adds the time since the last call to $clock (hundredths). A step far longer than a poll means that
# this process was stopped; that time is not held against anybody.
pass_time() {
  now=$((last_uptime + poll))
  if { read -r uptime _ </proc/uptime; } 2>/dev/null; then
    now=$((${uptime%.*} * 100 + 1${uptime#*.} - 100))
  fi
  step=$((now - last_uptime))
  last_uptime=$now
  [ "$step" -gt $((2 * poll + 100)) ] && step=$((2 * poll + 100))
  clock=$((clock + step))
}

# ----------------------------------------------------------------------------------- the processes

# read_process PID -> $state $parent $session $started; false when there is none
read_process() {
  stat=
  { while read -r line || [ -n "$line" ]; do stat="$stat $line"; done <"/proc/$1/stat"; } 2>/dev/null
  # The name in brackets is the process's own choice: only what follows the last one counts.
  set -- ${stat##*) }
  [ $# -ge 20 ] || return 1
  state=$1 parent=$2 session=$4
  shift 19
  started=$1
}

is_running() {
  read_process "$1" && [ "$started" = "$2" ] || return 1
  case $state in Z | X) return 1 ;; esac
}

nap() { sleep 0.05 2>/dev/null || sleep 1; }

# ------------------------------------------------------------------------------- the server's port

# Tells the server's port from the kernel's tables, without a connection that would disturb it.
prepare_port() {
  none=00000000000000000000000000000000
  port=$(printf '%04X' "${CARLA_PORT:-2000}")
  address=
  case ${CARLA_HOST:-} in
    *[!0-9.]* | *..* | '' | .* | *.) ;;
    *.*.*.*) old_ifs=$IFS IFS=. && set -- $CARLA_HOST && IFS=$old_ifs &&
      address=$(printf '%02X%02X%02X%02X' "$4" "$3" "$2" "$1") ;;
  esac
}

port_listens() {
  slurp /proc/net/tcp /proc/net/tcp6
  if [ -z "$address" ]; then # a name or IPv6: any address with this port will do
    case $text in *":$port 00000000:0000 0A "* | *":$port $none:0000 0A "*) return 0 ;; esac
    return 1
  fi
  case $text in
    *": $address:$port 00000000:0000 0A "* | *": 00000000:$port 00000000:0000 0A "*) ;;
    *": $none:$port $none:0000 0A "* | *": 0000000000000000FFFF0000$address:$port $none:0000 0A "*) ;;
    *) return 1 ;;
  esac
}

# slurp FILE... -> $text
slurp() { { text=$(cat "$@" 2>/dev/null); } 2>/dev/null; }
