# Is the server well? Its process, its port, its log, and whether it still answers.
#
# Asks the way every CARLA client does, and never first: some servers serve only one. Result: $event, $why.

deaf=0 asker= last_question=0 answered=0 spoke= unanswered=0

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

begin_to_ask() {
  answered=$clock last_question=$clock
  say "the server listens on port $CARLA_PORT after $(((clock - launched) / 100)) s"
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

notice_simulator() {
  watch_gpu_use
  watch_memory
  notice_gpu
  [ -z "$event" ] || return 0
  if is_done agent; then agent_is_done; return; fi
  notice_server
  case $event in '' | server-listens) notice_partner ;; esac
}
