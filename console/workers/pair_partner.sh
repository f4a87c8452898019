# What the partner does and what the operator wants, as events. Needs pair_status.sh.
#
# A stale heartbeat looks like a fresh one, so only a counter that moves between own polls counts.
# Results: $event and $why; $moves and $beat_phase of the partner's heartbeat.

seen_counter= frozen=0 moves=0 heard=0 beat_phase=

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

# It says first that its GPU is wrong, so that this may be news since we looked.
agent_is_done() {
  event=partner-done why="the agent is done"
  notice_gpu
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

# The kubelet asks a sidecar to stop when its agent has ended, whichever way.
notice_end_of_pod() {
  [ -n "${apart:-}" ] && [ "$role" = simulator ] || return 0
  if is_done agent; then event=partner-done why="the agent is done"
  elif has_ended agent "$attempt"; then event=partner-lost why="the agent ended this attempt"
  else
    highest_attempt agent
    [ "$highest" -lt "$attempt" ] || event=partner-lost why="the agent was killed without a word"
  fi
}

notice_orders() {
  if [ -e "$STATUS_DIR/simulation.cancel" ]; then event=cancel-asked why="the submission is cancelled"; fi
  if [ -n "$asked" ]; then event=stop-asked why="asked to stop" && notice_end_of_pod; fi
}
